import type { AttestationRewards } from '../../beacon/index.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import { FLAGS, type FlagName } from './formulas.ts';
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
}

/**
 * The check that needs nobody else's balance: a flag that the blocks say was earned must have been paid the ideal
 * amount, to the Gwei; one that was not must cost something, or nothing where it is the head's.
 */
export function contradictions(input: SignsInput): VoteContradiction[] {
  const ideals = idealRewards(input);
  const rewards = new Map(input.answer.total.map((reward) => [Number(reward.validatorIndex), reward]));
  return input.verdicts.flatMap((verdict): VoteContradiction[] => {
    const { validatorIndex, inclusion, result } = verdict;
    const reward = rewards.get(validatorIndex);
    const effective = input.effectiveBalances.get(validatorIndex);
    if (result === 'unknown' || reward === undefined || effective === undefined) return [];
    const ideal = ideals.at(effective);
    const earned = input.slashed.has(validatorIndex) ? null : inclusion;
    return FLAGS.flatMap((flag) => {
      const gwei = reward[`${flag.name}Gwei`];
      const problem =
        earned?.[flag.name] === true
          ? problemOfEarned(gwei, ideal?.[flag.name], reward.exact && ideal?.exact === true)
          : problemOfMissed(gwei, flag.penalized && effective >= input.rules.incrementGwei);
      return problem === null ? [] : [{ validatorIndex, flag: flag.name, problem }];
    });
  });
}

function problemOfEarned(gwei: bigint, ideal: bigint | undefined, exact: boolean): string | null {
  if (gwei < 0n) return `the blocks have it in time, the node takes ${-gwei} gwei for it`;
  if (ideal === undefined || !exact || gwei === ideal) return null;
  return `the node pays ${gwei} gwei and calls ${ideal} the ideal`;
}

function problemOfMissed(gwei: bigint, penalized: boolean): string | null {
  if (gwei > 0n) return `the blocks do not have it in time, the node pays ${gwei} gwei for it`;
  if (gwei === 0n && penalized) return 'the blocks do not have it in time, the node takes nothing for it';
  return gwei < 0n && !penalized ? `the node takes ${-gwei} gwei where nothing is taken` : null;
}
