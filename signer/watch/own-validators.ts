import type { BeaconNode, ValidatorOnChain } from '../../beacon/beacon-node.ts';
import type { Pubkey } from '../../core/units.ts';

/** Keys in one request; the answers stay below a megabyte. */
const CHUNK = 1000;

/** Our keys as one node's head state has them; keys that were never deposited are missing. */
export async function findValidators(
  node: BeaconNode,
  pubkeys: readonly Pubkey[],
): Promise<Map<Pubkey, ValidatorOnChain>> {
  const found = new Map<Pubkey, ValidatorOnChain>();
  for (let at = 0; at < pubkeys.length; at += CHUNK) {
    for (const validator of await node.validators(pubkeys.slice(at, at + CHUNK))) {
      found.set(validator.pubkey, validator);
    }
  }
  return found;
}

/** Only these can have signed anything of late. */
export const isActive = ({ status }: ValidatorOnChain): boolean => status.startsWith('active');
