/** The public door of `monitor/ledger/`: days, rewards by formula, and the ledger of one epoch. Nothing here fetches. */
export { basesOfSyncReward, type BaseBounds } from './base-reward-bounds.ts';
export { parseCalendar, type LedgerCalendar } from './calendar.ts';
export {
  compareVoteRewards,
  contradictions,
  type VoteContradiction,
  type VoteDifference,
} from './compare-votes.ts';
export * from './formulas.ts';
export { LEDGER_ERRORS, ledgerError } from './ledger-errors.ts';
export type {
  BalancePoint,
  LedgerInput,
  LedgerResult,
  QueueFacts,
  Snapshot,
  Unexplained,
} from './ledger-input.ts';
export { ledgerParts } from './parts.ts';
export * from './penalties.ts';
export { penaltyRulesAt, rewardRules, type PenaltyRules, type RewardRules } from './reward-rules.ts';
export {
  isPaidFor,
  voteRewardsFromBlocks,
  voteRewardsFromEndpoint,
  type EffectiveBalances,
  type EndpointVotes,
  type RegistryEntry,
  type TimelyFlags,
} from './vote-rewards.ts';
