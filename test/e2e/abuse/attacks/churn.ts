import type { Attack } from './attack.ts';
import { RawConnection, requestHead, signHead } from './raw-connection.ts';

/** Thousands of connections, opened and dropped: at once, in the middle of a request, without waiting for the answer. */
export const churn = (async (target, { connections = 0 }) => {
  const starts = [
    '',
    requestHead('GET', '/upcheck'),
    `${requestHead('GET', '/upcheck')}\r\n`,
    `${signHead(target, 'Content-Length: 100')}\r\n{"type":`,
  ];
  let opened = 0;
  const one = async (index: number): Promise<void> => {
    // Several addresses, so that one does not run out of ports.
    const connection = await RawConnection.open(target, { localAddress: `127.0.0.${2 + (index % 8)}` });
    if (connection === null) return;
    opened += 1;
    connection.send(starts[index % starts.length] ?? '');
    if (index % 3 === 0) connection.socket.end();
    else if (index % 3 === 1) connection.socket.resetAndDestroy();
    else connection.socket.destroy();
    await connection.whenClosed;
  };
  for (let index = 0; index < connections; index += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, offset) => one(index + offset)));
  }
  return { opened };
}) satisfies Attack;

/** Connections that are closed on this side and left open on the other. */
export const halfClosed = (async (target, { connections = 0 }) => {
  const starts = [
    '',
    requestHead('GET', '/upcheck'),
    `${requestHead('GET', '/upcheck')}\r\n`,
    `${signHead(target, 'Content-Length: 100')}\r\n{"type":`,
  ];
  const opened = await RawConnection.openMany(target, connections, { allowHalfOpen: true });
  opened.forEach((connection, index) => {
    connection.socket.end(starts[index % starts.length] ?? '');
  });
  const left = await Promise.all(
    opened.map(async (connection) => {
      // The victim has closed its side too, which `allowHalfOpen` alone would not show.
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(false), 5000);
      connection.socket.once('end', () => resolve(true));
      const ended = connection.socket.readableEnded || (await Promise.race([promise, connection.whenClosed]));
      clearTimeout(timer);
      return ended === false;
    }),
  );
  await Promise.all(opened.map((connection) => connection.destroy()));
  return { opened: opened.length, leftOpen: left.filter(Boolean).length };
}) satisfies Attack;
