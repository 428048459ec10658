import { epochOfSlot, forkAtEpoch, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import type { Slot } from '../../core/units.ts';
import type { CanonicalView } from '../chain/index.ts';
import type { AttestationDataFacts } from '../model/block-facts.ts';

export const SOURCE = 1;
export const TARGET = 2;
export const HEAD = 4;
export const ALL_FLAGS = SOURCE | TARGET | HEAD;

/**
 * `get_attestation_participation_flag_indices` of the specs: what one inclusion of a vote is worth, as a set of flags.
 * A block may only hold votes whose source is right, so that one is a matter of time alone. Votes of phase0, which knew
 * no flags, are measured by the same rules; of Gloas, whether the vote is right about the payload is not looked at.
 * @throws MONITOR_CHAIN_NOT_COVERED
 */
export function timelyFlags(
  data: AttestationDataFacts,
  blockSlot: Slot,
  view: CanonicalView,
  spec: ChainSpec,
): number {
  const delay = blockSlot - data.slot;
  const source = delay <= timelySourceDelay(spec) ? SOURCE : 0;
  if (data.target.root !== view.rootAt(startSlotOfEpoch(spec, data.target.epoch))) return source;
  // Since EIP-7045 a target is timely for as long as it may be included.
  const isDeneb = isAtLeast(forkAtEpoch(spec, epochOfSlot(spec, blockSlot)).name, 'deneb');
  const target = isDeneb || delay <= spec.slotsPerEpoch ? TARGET : 0;
  const head = delay === 1n && data.beaconBlockRoot === view.rootAt(data.slot) ? HEAD : 0;
  return source | target | head;
}

/** `integer_squareroot(SLOTS_PER_EPOCH)`: 5 of mainnet's 32, 4 of Gnosis' 16. */
export function timelySourceDelay({ slotsPerEpoch }: ChainSpec): bigint {
  let root = 0n;
  while ((root + 1n) * (root + 1n) <= slotsPerEpoch) root += 1n;
  return root;
}
