import type { Attack } from './attack.ts';
import { RawConnection, requestHead } from './raw-connection.ts';

/** Too many headers, too long headers, headers without end. */
export const headerFloods = (async (target, { rounds = 0 }) => {
  const many = Array.from({ length: 20_000 }, (_, index) => `X-${index}: a`);
  const heads = [
    `${requestHead('GET', '/upcheck', ...many)}\r\n`,
    `${requestHead('GET', '/upcheck', `X: ${'a'.repeat(4 * 1024 * 1024)}`)}\r\n`,
    `${requestHead('GET', '/upcheck', `${'X'.repeat(4 * 1024 * 1024)}: a`)}\r\n`,
    `${requestHead('GET', '/upcheck', `Cookie: ${'a=b; '.repeat(200_000)}`)}\r\n`,
    `${requestHead('GET', `/${'upcheck/'.repeat(200_000)}`)}\r\n`,
    requestHead('GET', '/upcheck') + 'a: b\r\n'.repeat(500_000),
  ];
  const statuses: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      heads.map(async (head) => {
        const connection = await RawConnection.open(target);
        if (connection === null) return;
        connection.send(head);
        const closed = await connection.closedWithin(5000);
        // The close may overtake the answer when much was still on its way.
        statuses.push(closed ? (connection.statuses[0] ?? 'closed') : 'left open');
        await connection.destroy();
      }),
    );
  }
  return { statuses: [...new Set(statuses)].sort(), tries: statuses.length };
}) satisfies Attack;
