import type { Rounding } from '../rounding.ts';

/**
 * A pool's rules in domain types: wei, basis points as fractions of 10,000, ids in byte order. Read from YAML by
 * `read-pool-file.ts`; nothing else builds one in production.
 */
export interface Pool {
  readonly name: string;
  readonly network: string;
  readonly preset: PresetName | null;
  readonly validators: readonly ValidatorRule[];
  /** In id order: the order of every list of the outputs and of every tie. */
  readonly participants: readonly Participant[];
  readonly commission: readonly Commission[];
  readonly weights: Weights;
  readonly performance: PerformancePolicy;
  readonly loss: LossPolicy;
  readonly income: IncomePolicy;
  readonly expenses: readonly Expense[];
  readonly adjustments: readonly Adjustment[];
  readonly minimumPayoutWei: bigint;
  readonly rounding: Rounding;
  readonly merkle: MerkleChoice | null;
  readonly tax: TaxChoice;
  readonly csm: CsmRules;
  readonly megapool: MegapoolParameters | null;
}

export const PRESETS = [
  'pro-rata',
  '0xsplits',
  'lido-csm',
  'rocket-pool-minipool',
  'rocket-pool-smoothing-pool',
  'rocket-pool-megapool',
] as const;
export type PresetName = (typeof PRESETS)[number];

/** A point in time of the configuration; it becomes a slot when the chain is known. */
export type Moment =
  { readonly kind: 'time'; readonly ms: bigint } | { readonly kind: 'epoch'; readonly epoch: bigint };

/** From `from` (included) to `to` (excluded); null is open. */
export interface Span {
  readonly from: Moment | null;
  readonly to: Moment | null;
}

export interface ValidatorRule extends Span {
  readonly select: Selector;
  /** Who runs them: earns commission `of: own-validators`, answers for slashing with the bond. */
  readonly operator: string | null;
  /** Whose they are, in parts; only `weights: validators` asks. Without it they are the operator's. */
  readonly owners: ReadonlyMap<string, bigint>;
  /** What the operator put into each of them, and its fee: for the Rocket Pool presets. */
  readonly bondWei: bigint | null;
  readonly feeBps: bigint | null;
}

export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'tags'; readonly tags: ReadonlySet<string> }
  | { readonly kind: 'indices'; readonly ranges: readonly (readonly [bigint, bigint])[] }
  | { readonly kind: 'pubkeys'; readonly pubkeys: ReadonlySet<string> };

export interface Participant {
  readonly id: string;
  readonly name: string;
  /** EIP-55. */
  readonly address: string;
  readonly type: 'staker' | 'operator' | 'treasury';
  /** In the order of time; each replaces the one before. Wei, or units where the pool weighs by units. */
  readonly stake: readonly StakeChange[];
  readonly minimumPayoutWei: bigint | null;
}

export interface StakeChange {
  readonly from: Moment | null;
  readonly amount: bigint;
}

export interface Commission {
  readonly span: Span;
  readonly to: string;
  readonly basis: 'all' | 'cl' | 'el';
  readonly of: 'pool' | 'own-validators';
  readonly rate: Rate;
  readonly condition: Threshold | null;
}

/** `flat`: the whole base at the rate of the tier it falls in. `marginal`: each slice at its own rate. */
export interface Rate {
  readonly kind: 'flat' | 'marginal';
  /** Rising; the last has no upper end. One tier is a plain rate. */
  readonly tiers: readonly { readonly upToWei: bigint | null; readonly bps: bigint }[];
}

export type Weights =
  | { readonly kind: 'stake' }
  | { readonly kind: 'units' }
  | { readonly kind: 'validators'; readonly measure: 'slots' | 'effective-balance' | 'duties' | 'income' };

export type Threshold =
  | { readonly kind: 'network-minus'; readonly bps: bigint }
  | { readonly kind: 'at-least'; readonly bps: bigint };

export interface PerformancePolicy {
  readonly action: 'none' | 'scale' | 'zero';
  readonly threshold: Threshold;
  readonly weights: DutyWeights;
}

export interface DutyWeights {
  readonly attestations: bigint;
  readonly proposals: bigint;
  readonly sync: bigint;
}

export interface LossPolicy {
  readonly policy: 'operator-bond-first' | 'pro-rata' | 'high-water-mark';
  readonly bonds: ReadonlyMap<string, bigint>;
}

/** What of the chain's income is the pool's to split. */
export interface IncomePolicy {
  readonly cl: boolean;
  readonly el: boolean;
  readonly mev: boolean;
  readonly unresolved: 'exclude' | 'hold' | 'lower-bound';
}

export interface Expense {
  readonly label: string;
  readonly on: Moment;
  readonly amountWei: bigint;
  /** Null: paid to somebody outside. */
  readonly to: string | null;
}

/** Income that became known after its period was closed; negative where a closed period counted too much. */
export interface Adjustment {
  readonly label: string;
  readonly on: Moment;
  readonly amountWei: bigint;
  readonly basis: 'cl' | 'el';
  /** From what earlier periods held back, instead of new income. */
  readonly fromHeld: boolean;
  /** Whose income it is: asked for where each minipool or megapool splits its own balance. */
  readonly validator: bigint | null;
}

export interface MerkleChoice {
  readonly kind: 'period' | 'cumulative';
  /** A second leaf when there is only one: some contracts refuse an empty proof. */
  readonly padSingle: boolean;
}

export interface TaxChoice {
  /** `payout`: a lot when it is paid. `accrual`: a lot per day on which it was earned. */
  readonly basis: 'payout' | 'accrual';
  readonly currency: string | null;
  /** Importers to write a file for, per participant. */
  readonly formats: readonly TaxFormat[];
}

export const TAX_FORMATS = ['koinly', 'cointracker', 'rotki'] as const;
export type TaxFormat = (typeof TAX_FORMATS)[number];

/** Of Lido's CSM: what depends on how many keys an operator has. */
export interface CsmParameters {
  readonly rewardShare: readonly KeyTier[];
  readonly leeway: readonly KeyTier[];
}

/** Types of operators have parameters of their own. */
export interface CsmRules extends CsmParameters {
  readonly operators: ReadonlyMap<string, CsmOperator>;
}

export interface CsmOperator {
  /** Null: those of the pool. */
  readonly rewardShare: readonly KeyTier[] | null;
  readonly leeway: readonly KeyTier[] | null;
  /** What the contract knows it by, for the leaves of the tree. */
  readonly nodeOperatorId: bigint | null;
}

/** For keys up to the `keys`-th; the last tier is for the rest. */
export interface KeyTier {
  readonly keys: bigint | null;
  readonly bps: bigint;
}

/** Of a Rocket Pool megapool: who besides the node and the stakers has a share of the borrowed part. */
export interface MegapoolParameters {
  readonly voters: string;
  readonly votersBps: bigint;
  readonly dao: string;
  readonly daoBps: bigint;
}
