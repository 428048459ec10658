import type { AttestationRewards } from '../../beacon/index.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import {
  basesOfIdeal,
  basesOfPenalty,
  intersection,
  likeliestBase,
  UNBOUNDED,
  type BaseBounds,
} from './base-reward-bounds.ts';
import { flagPenalty, FLAGS, type Flag, type FlagName } from './formulas.ts';
import type { RewardRules } from './reward-rules.ts';
import { idealRewards, type EffectiveBalances } from './vote-rewards.ts';

/** Where two accounts of the same votes part ways. An amount is null where that side says nothing of the validator. */
export interface VoteDifference {
  readonly validatorIndex: number;
  readonly what: 'reward' | 'ideal';
  readonly endpointGwei: bigint | null;
  readonly blocksGwei: bigint | null;
}

/** Compares what the node says with what the formulas say, for whoever either of them names. */
export function compareVoteRewards(
  endpoint: readonly VoteReward[],
  blocks: readonly VoteReward[],
): VoteDifference[] {
  const differences: VoteDifference[] = [];
  const other = new Map(blocks.map((reward) => [reward.validatorIndex, reward]));
  const compare = (
    validatorIndex: number,
    what: VoteDifference['what'],
    endpointGwei: bigint | null,
    blocksGwei: bigint | null,
  ): void => {
    if (endpointGwei !== blocksGwei) differences.push({ validatorIndex, what, endpointGwei, blocksGwei });
  };
  for (const { validatorIndex, gwei, idealGwei } of endpoint) {
    const computed = other.get(validatorIndex);
    other.delete(validatorIndex);
    // Nodes answer zeros for those who are not paid.
    if (computed === undefined && gwei === 0n) continue;
    compare(validatorIndex, 'reward', gwei, computed?.gwei ?? null);
    if (computed !== undefined) compare(validatorIndex, 'ideal', idealGwei, computed.idealGwei);
  }
  for (const { validatorIndex, gwei } of other.values()) compare(validatorIndex, 'reward', null, gwei);
  return differences.sort((one, two) => one.validatorIndex - two.validatorIndex);
}

/** A flag of which the node's rewards say something else than the chain's blocks. */
export interface VoteContradiction {
  readonly validatorIndex: number;
  readonly flag: FlagName;
  readonly problem: string;
}

export interface SignsInput {
  readonly rules: RewardRules;
  readonly answer: AttestationRewards;
  readonly verdicts: readonly AttestationVerdict[];
  readonly effectiveBalances: EffectiveBalances;
  /** Those slashed before they are paid: whatever they vote, they are only penalized. */
  readonly slashed: ReadonlySet<number>;
  /** What the base reward per increment can be, from elsewhere: see {@link basesOfSyncReward}. */
  readonly bases?: BaseBounds;
}

/**
 * The check that needs nobody else's balance: a flag that the blocks say was earned must have been paid the ideal
 * amount, to the Gwei; one that was not must cost its weight of the base reward, which is one for the whole epoch and
 * known by the other penalties, the ideal rewards and whatever else bounds it, or nothing where it is the head's. What
 * inactivity costs is told apart from it and not looked at.
 */
export function contradictions(input: SignsInput): VoteContradiction[] {
  const flags = toldFlags(input);
  const base = likeliestBase(flags.flatMap(penaltyBases), boundsOf(input));
  return flags.flatMap((told): VoteContradiction[] => {
    const { validatorIndex, flag } = told;
    const problem = told.earned ? problemOfEarned(told) : problemOfMissed(told, base);
    return problem === null ? [] : [{ validatorIndex, flag: flag.name, problem }];
  });
}

/** One flag of one vote, as the blocks and the node have it. */
interface ToldFlag {
  readonly validatorIndex: number;
  readonly flag: Flag;
  readonly earned: boolean;
  readonly increments: bigint;
  readonly gwei: bigint;
  /** False where the node told a fraction. */
  readonly exact: boolean;
  /** To the Gwei; undefined where it is not known. */
  readonly idealGwei: bigint | undefined;
}

function toldFlags(input: SignsInput): ToldFlag[] {
  const ideals = idealRewards(input);
  const rewards = new Map(input.answer.total.map((reward) => [Number(reward.validatorIndex), reward]));
  return input.verdicts.flatMap(({ validatorIndex, inclusion, result }): ToldFlag[] => {
    const reward = rewards.get(validatorIndex);
    const effective = input.effectiveBalances.get(validatorIndex);
    if (result === 'unknown' || reward === undefined || effective === undefined) return [];
    const ideal = ideals.at(effective);
    const earned = input.slashed.has(validatorIndex) ? null : inclusion;
    return FLAGS.map((flag) => ({
      ...{ validatorIndex, flag, earned: earned?.[flag.name] === true, exact: reward.exact },
      increments: effective / input.rules.incrementGwei,
      gwei: reward[`${flag.name}Gwei`],
      idealGwei: ideal?.exact === true ? ideal[flag.name] : undefined,
    }));
  });
}

function boundsOf({ rules, answer, bases = UNBOUNDED }: SignsInput): BaseBounds {
  let bounds = bases;
  for (const { effectiveBalanceGwei, exact, ...ideal } of answer.ideal.values()) {
    const increments = effectiveBalanceGwei / rules.incrementGwei;
    if (!exact || increments === 0n) continue;
    for (const { name, weight } of FLAGS)
      bounds = intersection(bounds, basesOfIdeal(increments, weight, ideal[`${name}Gwei`]));
  }
  return bounds;
}

const isPenalty = ({ flag, earned, increments }: ToldFlag): boolean =>
  !earned && flag.penalized && increments > 0n;

const penaltyBases = (told: ToldFlag): BaseBounds[] =>
  isPenalty(told) && told.exact && told.gwei < 0n
    ? [basesOfPenalty(told.increments, told.flag.weight, -told.gwei)]
    : [];

function problemOfEarned({ gwei, idealGwei, exact }: ToldFlag): string | null {
  if (gwei < 0n) return `the blocks have it in time, the node takes ${-gwei} gwei for it`;
  if (idealGwei === undefined || !exact || gwei === idealGwei) return null;
  return `the node pays ${gwei} gwei and calls ${idealGwei} the ideal`;
}

/** @param base per increment; null where no penalty fits what is known of it */
function problemOfMissed(told: ToldFlag, base: bigint | null): string | null {
  const { gwei, flag, increments, exact } = told;
  if (gwei > 0n) return `the blocks do not have it in time, the node pays ${gwei} gwei for it`;
  const penalized = isPenalty(told);
  if (gwei < 0n && penalized && exact) {
    const due = base === null ? null : flagPenalty(flag, increments * base);
    if (due === -gwei) return null;
    return `the node takes ${-gwei} gwei for it, by the rules it is ${due === null ? 'another amount' : `${due} gwei`}`;
  }
  if (gwei === 0n && penalized) return 'the blocks do not have it in time, the node takes nothing for it';
  return gwei < 0n && !penalized ? `the node takes ${-gwei} gwei where nothing is taken` : null;
}
