import type { Attack } from './attack.ts';
import { leftOpen, RawConnection, requestHead } from './raw-connection.ts';

/**
 * Connections that say nothing, and connections that said one thing and are kept open.
 * @param atMost what the victim is supposed to hold
 * @param otherAddress 1 to come from another address than the honest clients
 */
export const idle = (async (
  target,
  { connections = 0, holdMs = 0, atMost = connections, otherAddress = 0 },
) => {
  const options = otherAddress === 0 ? {} : { localAddress: '127.0.0.2' };
  const silent = await RawConnection.openMany(target, Math.floor(connections / 2), options);
  const kept = await RawConnection.openMany(target, Math.ceil(connections / 2), options);
  for (const connection of kept) connection.send(`${requestHead('GET', '/upcheck')}\r\n`);
  await Promise.all(kept.map((connection) => connection.until((text) => text.includes('OK'))));
  const all = [...silent, ...kept];
  const held = await leftOpen(all, atMost, 5000);
  await new Promise((resolve) => setTimeout(resolve, holdMs));
  await Promise.all(all.map((connection) => connection.destroy()));
  return {
    opened: all.length,
    held,
    answered: kept.filter((one) => one.text.includes('OK')).length,
  };
}) satisfies Attack;
