/** The public door of the slashing economics: pure, but for what asks the nodes. */
export { penaltyRules, type PenaltyRules } from './penalty-rules.ts';
export { builtinConfig } from './builtin-config.ts';
export { baseRewardPerIncrement, syncRewardGwei, voteEconomics } from './duty-economics.ts';
export { stakeGroups, uniformStake, countOf, stakeOf, type StakeGroup } from './stake-groups.ts';
export { riskScenarios, type Scenario, type ScenarioChoices } from './scenarios.ts';
export { chartLines, lossBySlashed, type ChartPoint } from './risk-chart.ts';
export { describeRisk, type RiskFacts } from './describe-risk.ts';
export type { Loss } from './loss.ts';

/** The total stake of the chain, and how exactly it is known. */
export { collectTotalStake } from './collect-total-stake.ts';
export type { StakeBounds } from './total-stake.ts';

export { RISK_ERRORS, riskError } from './risk-errors.ts';
