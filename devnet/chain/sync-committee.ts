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

export const syncPeriodOf = (rules: Rules, epoch: number): number =>
  Math.floor(epoch / rules.EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
