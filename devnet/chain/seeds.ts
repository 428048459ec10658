import { fromHex } from '../../core/hex.ts';
import type { Rules } from './rules.ts';
import { littleEndian, sha256 } from './shuffle.ts';
import type { BeaconState } from './state.ts';

export const DOMAINS = {
  beaconProposer: fromHex('0x00000000', 'domain'),
  beaconAttester: fromHex('0x01000000', 'domain'),
  randao: fromHex('0x02000000', 'domain'),
  deposit: fromHex('0x03000000', 'domain'),
  voluntaryExit: fromHex('0x04000000', 'domain'),
  selectionProof: fromHex('0x05000000', 'domain'),
  aggregateAndProof: fromHex('0x06000000', 'domain'),
  syncCommittee: fromHex('0x07000000', 'domain'),
  syncCommitteeSelectionProof: fromHex('0x08000000', 'domain'),
  contributionAndProof: fromHex('0x09000000', 'domain'),
} as const;

export const randaoMixAt = (state: BeaconState, epoch: number): Uint8Array =>
  state.randaoMixes.get(epoch) ?? state.genesisMix;

/** `get_seed` of the specs: from the mix of two epochs before, so that the duties of an epoch are known in the last. */
export function seedFor(rules: Rules, state: BeaconState, epoch: number, domainType: Uint8Array): Uint8Array {
  const mix = randaoMixAt(state, epoch - rules.MIN_SEED_LOOKAHEAD - 1);
  return sha256(domainType, littleEndian(epoch, 8), mix);
}
