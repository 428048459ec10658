/** The public door of `monitor/balances/`: what final states say of the watched, and what changed between two of them. */
export { askFinal, type Asked } from './ask.ts';
export { validatorChanges, type ChangesInput } from './changes.ts';
export { BalanceCollector, type BalancesWanted, type EpochBalances } from './collect.ts';
export { explainedParts } from './explain.ts';
export { investigate, type Investigation } from './investigate.ts';
export { collectSyncReward, type SyncRewardInput } from './sync-reward.ts';
