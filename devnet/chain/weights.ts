/** Altair's incentive weights, out of 64, and the participation flags they belong to. */
export const WEIGHT_DENOMINATOR = 64n;
export const SYNC_REWARD_WEIGHT = 2n;
export const PROPOSER_WEIGHT = 8n;

export const FLAGS = [
  { name: 'source', bit: 1, weight: 14n },
  { name: 'target', bit: 2, weight: 26n },
  { name: 'head', bit: 4, weight: 14n },
] as const;

export const SOURCE_BIT = 1;
export const TARGET_BIT = 2;
export const HEAD_BIT = 4;
