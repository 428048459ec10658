import { startSlotOf, type Rules } from './rules.ts';
import type { BeaconState } from './state.ts';

/** `get_block_root_at_slot`: of a slot before the state's, at most two epochs back. */
export function blockRootAtSlot(state: BeaconState, slot: number): string {
  const root = state.blockRoots.get(slot);
  if (root === undefined)
    throw new RangeError(`the state at slot ${state.slot} has no block root of slot ${slot}`);
  return root;
}

export const blockRootAtEpoch = (rules: Rules, state: BeaconState, epoch: number): string =>
  blockRootAtSlot(state, startSlotOf(rules, epoch));
