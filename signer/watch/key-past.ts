import type { Guard } from '../../slashing-db/index.ts';
import type { Pubkey } from '../../core/units.ts';
import type { KeyPast } from './doppelganger-watch.ts';

/**
 * What the database proves of a key. Signatures below the boot floor prove nothing: the floor was put down because the
 * database may be an older one, or a copy whose original signs elsewhere.
 */
export function keyPast(guard: Guard, pubkey: Pubkey): KeyPast {
  const { signedTarget, inEpoch } = guard.statusOf(pubkey);
  const { floor } = guard.protection;
  const doubtful = signedTarget !== null && floor !== null && signedTarget <= floor.target;
  return { signedTarget: doubtful ? null : signedTarget, inEpoch };
}
