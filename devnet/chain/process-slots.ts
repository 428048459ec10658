import { processEpoch } from './epoch/process-epoch.ts';
import { epochAt, startSlotOf, type Rules } from './rules.ts';
import type { BeaconState } from './state.ts';

/** `process_slots`: moves a state on through empty slots and the epochs that end on the way. */
export function processSlots(rules: Rules, state: BeaconState, slot: number): void {
  if (slot < state.slot) throw new RangeError(`the state at slot ${state.slot} cannot go back to ${slot}`);
  while (state.slot < slot) {
    state.blockRoots.set(state.slot, state.latestBlock.root);
    if ((state.slot + 1) % rules.SLOTS_PER_EPOCH === 0) {
      const entries = state.journal.balances.length;
      processEpoch(rules, state);
      datedToNextSlot(state, entries);
      forgetRoots(rules, state);
    }
    state.slot += 1;
  }
}

/** An epoch's transition belongs to the first slot of the next: a state at the last slot does not have it yet. */
function datedToNextSlot(state: BeaconState, from: number): void {
  const { balances } = state.journal;
  for (let entry = from; entry < balances.length; entry += 1) {
    const change = balances[entry];
    if (change !== undefined) balances[entry] = { ...change, slot: change.slot + 1 };
  }
}

function forgetRoots(rules: Rules, state: BeaconState): void {
  const oldest = startSlotOf(rules, epochAt(rules, state.slot) - 1);
  for (const slot of state.blockRoots.keys()) {
    if (slot < oldest) state.blockRoots.delete(slot);
  }
}
