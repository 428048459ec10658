/** Whether what the monitor says is true of this moment, and whether a trouble is ours or everybody's. Pure. */
export { headAge, isHeadStale, MAX_HEAD_AGE_SLOTS } from './head-age.ts';
export {
  compareWithNetwork,
  countVotes,
  lastClosed,
  missedRatio,
  networkVotes,
  type Comparison,
  type VoteCount,
} from './is-it-me.ts';
export {
  HEALTH_REASONS,
  judgeHealth,
  type HealthReason,
  type MonitorHealth,
  type Problem,
} from './judge-health.ts';
