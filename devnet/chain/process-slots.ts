import { ssz, type phase0 } from '@lodestar/types';
import { toHex } from '../../core/hex.ts';
import { processEpoch } from './epoch/process-epoch.ts';
import { epochAt, startSlotOf, type Rules } from './rules.ts';
import type { BeaconState } from './state.ts';
import { stateRoot } from './state-root.ts';
import { upgradeToFulu } from './upgrade-fulu.ts';

/** `process_slots`: moves a state on through empty slots and the epochs that end on the way. */
export function processSlots(rules: Rules, state: BeaconState, slot: number): void {
  if (slot < state.slot) throw new RangeError(`the state at slot ${state.slot} cannot go back to ${slot}`);
  while (state.slot < slot) {
    processSlot(state);
    if ((state.slot + 1) % rules.SLOTS_PER_EPOCH === 0) {
      const entries = state.journal.balances.length;
      processEpoch(rules, state);
      datedToNextSlot(state, entries);
      forgetRoots(rules, state);
    }
    state.slot += 1;
    if (state.slot === rules.FULU_FORK_EPOCH * rules.SLOTS_PER_EPOCH) upgradeToFulu(rules, state);
  }
}

/** `process_slot`: only now that the slot is over there is a root of the state after its block. */
function processSlot(state: BeaconState): void {
  const root = stateRoot(state);
  state.stateRoots.set(state.slot, root);
  if (state.latestHeader.stateRoot.every((byte) => byte === 0)) {
    // Field by field: a spread would take along the root that the SSZ type remembers on the object.
    const { slot, proposerIndex, parentRoot, bodyRoot } = state.latestHeader;
    state.latestHeader = { slot, proposerIndex, parentRoot, stateRoot: root, bodyRoot };
  }
  state.blockRoots.set(state.slot, headerRoot(state.latestHeader));
}

const headerRoot = (header: phase0.BeaconBlockHeader): string =>
  toHex(ssz.phase0.BeaconBlockHeader.hashTreeRoot(header));

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
  for (const roots of [state.blockRoots, state.stateRoots]) {
    for (const slot of roots.keys()) if (slot < oldest) roots.delete(slot);
  }
}
