import { computeProposers } from '../proposers.ts';
import { epochAt, type Rules } from '../rules.ts';
import { randaoMixAt } from '../seeds.ts';
import type { BeaconState } from '../state.ts';
import { nextSyncCommittee } from '../sync-committee.ts';
import { processJustification } from './justification.ts';
import { processPendingConsolidations, processPendingDeposits } from './pending.ts';
import { processEffectiveBalances, processRegistryUpdates, processSlashings } from './registry.ts';
import { processInactivityUpdates, processRewards } from './rewards.ts';

/** How many epochs of mixes a state keeps; duties need two. */
const MIXES_KEPT = 4;

/** `process_epoch` of Electra and Fulu, in the order of the specs. The state is at the last slot of the epoch. */
export function processEpoch(rules: Rules, state: BeaconState): void {
  processJustification(rules, state);
  processInactivityUpdates(rules, state);
  processRewards(rules, state);
  processRegistryUpdates(rules, state);
  processSlashings(rules, state);
  processPendingDeposits(rules, state);
  processPendingConsolidations(rules, state);
  processEffectiveBalances(rules, state);
  resets(rules, state);
  syncCommitteeUpdates(rules, state);
  proposerLookahead(rules, state);
}

function resets(rules: Rules, state: BeaconState): void {
  const current = epochAt(rules, state.slot);
  if ((current + 1) % rules.EPOCHS_PER_ETH1_VOTING_PERIOD === 0) state.eth1DataVotes = [];
  state.slashings.delete((current + 1) % rules.EPOCHS_PER_SLASHINGS_VECTOR);
  state.randaoMixes.set(current + 1, randaoMixAt(state, current));
  for (const epoch of state.randaoMixes.keys()) {
    if (epoch <= current + 1 - MIXES_KEPT) state.randaoMixes.delete(epoch);
  }
  state.previousParticipation = state.currentParticipation;
  state.currentParticipation = new Uint8Array(state.validators.length);
}

function syncCommitteeUpdates(rules: Rules, state: BeaconState): void {
  const nextEpoch = epochAt(rules, state.slot) + 1;
  if (nextEpoch % rules.EPOCHS_PER_SYNC_COMMITTEE_PERIOD !== 0) return;
  state.currentSyncCommittee = state.nextSyncCommittee;
  state.nextSyncCommittee = nextSyncCommittee(rules, state);
}

/** `process_proposer_lookahead` of Fulu; the fork itself fills it for two epochs. */
function proposerLookahead(rules: Rules, state: BeaconState): void {
  const current = epochAt(rules, state.slot);
  if (state.proposerLookahead === null) return;
  const upcoming = computeProposers(rules, state, current + rules.MIN_SEED_LOOKAHEAD + 1);
  state.proposerLookahead = [...state.proposerLookahead.slice(rules.SLOTS_PER_EPOCH), ...upcoming];
}
