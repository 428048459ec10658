import type { phase0 } from '@lodestar/types';
import { fromHex } from '../../core/hex.ts';
import { blockRootAtSlot } from '../chain/block-roots.ts';
import { epochAt, startSlotOf, type Rules } from '../chain/rules.ts';
import type { BeaconState } from '../chain/state.ts';

/**
 * What an honest validator votes for at a slot.
 * @param state of the head, moved on to the slot
 */
export function attestationDataFor(
  rules: Rules,
  state: BeaconState,
  headRoot: string,
): phase0.AttestationData {
  const epoch = epochAt(rules, state.slot);
  const start = startSlotOf(rules, epoch);
  const targetRoot = start === state.slot ? headRoot : blockRootAtSlot(state, start);
  const { currentJustified } = state;
  return {
    slot: state.slot,
    index: 0,
    beaconBlockRoot: fromHex(headRoot, 'beacon_block_root', 32),
    source: { epoch: currentJustified.epoch, root: fromHex(currentJustified.root, 'source', 32) },
    target: { epoch, root: fromHex(targetRoot, 'target', 32) },
  };
}
