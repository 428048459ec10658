import { activeIndices } from './proposers.ts';
import { epochAt, type Rules } from './rules.ts';
import { sampleByBalance } from './sampling.ts';
import { DOMAINS, seedFor } from './seeds.ts';
import type { BeaconState } from './state.ts';

/** `get_next_sync_committee_indices` of the specs: a validator may hold several positions. */
export function nextSyncCommittee(rules: Rules, state: BeaconState): readonly number[] {
  const epoch = epochAt(rules, state.slot) + 1;
  const seed = seedFor(rules, state, epoch, DOMAINS.syncCommittee);
  return sampleByBalance(rules, state, activeIndices(state, epoch), seed, rules.SYNC_COMMITTEE_SIZE);
}

/**
 * Who signs the head in a slot. The next slot's block includes it and is checked with that slot's committee, so that in the
 * last slot of a period those of the next one sign.
 */
export function syncCommitteeOfSlot(rules: Rules, state: BeaconState, slot: number): readonly number[] {
  const period = syncPeriodOf(rules, epochAt(rules, slot + 1));
  const ahead = period - syncPeriodOf(rules, epochAt(rules, state.slot));
  return ahead <= 0 ? state.currentSyncCommittee : state.nextSyncCommittee;
}

export const syncPeriodOf = (rules: Rules, epoch: number): number =>
  Math.floor(epoch / rules.EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
