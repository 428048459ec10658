import type { AttestationRewards } from '../../beacon/index.ts';
import type { ForkName } from '../../core/chain/fork.ts';
import type { Epoch } from '../../core/units.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import {
  baseReward,
  baseRewardPerIncrement,
  flagPenalty,
  FLAGS,
  flagReward,
  totalBalance,
} from './formulas.ts';
import { IdealRewards } from './ideal-rewards.ts';
import { inactivityPenalty } from './penalties.ts';
import type { RewardRules } from './reward-rules.ts';

/** By validator index, as they are in force in the epoch after that of the votes: what the votes are paid by. */
export type EffectiveBalances = ReadonlyMap<number, bigint>;

export interface EndpointInput {
  readonly rules: RewardRules;
  /** Of the votes. */
  readonly epoch: Epoch;
  readonly answer: AttestationRewards;
  readonly effectiveBalances: EffectiveBalances;
}

export interface EndpointVotes {
  readonly rewards: readonly VoteReward[];
  /** Whose reward came as a fraction: it is an estimate, which the balance corrects. */
  readonly inexact: readonly number[];
  /** Whose ideal reward is not to the Gwei, or not known at all and taken for the actual one. */
  readonly inexactIdeal: readonly number[];
}

/** The rewards of an epoch's votes as the node tells them. Whoever it says nothing of is not among them. */
export function voteRewardsFromEndpoint(input: EndpointInput): EndpointVotes {
  const { epoch, answer, effectiveBalances } = input;
  const ideals = idealRewards(input);
  const inexact: number[] = [];
  const inexactIdeal: number[] = [];
  const rewards = answer.total.map((reward): VoteReward => {
    const validatorIndex = Number(reward.validatorIndex);
    const gwei = reward.headGwei + reward.targetGwei + reward.sourceGwei + reward.inactivityGwei;
    const effective = effectiveBalances.get(validatorIndex);
    const ideal = effective === undefined ? null : ideals.at(effective);
    if (!reward.exact) inexact.push(validatorIndex);
    if (ideal?.exact !== true) inexactIdeal.push(validatorIndex);
    const idealGwei = ideal === null ? atLeastZero(gwei) : ideal.source + ideal.target + ideal.head;
    return { validatorIndex, epoch, gwei, idealGwei, method: reward.exact ? 'endpoint' : 'balance' };
  });
  return { rewards, inexact, inexactIdeal };
}

/** What the answer says a perfect vote was worth, completed by what the validators themselves were paid. */
export function idealRewards(input: Omit<EndpointInput, 'epoch'>): IdealRewards {
  const { rules, answer, effectiveBalances } = input;
  const paid = answer.total.flatMap((reward) => {
    const effectiveGwei = effectiveBalances.get(Number(reward.validatorIndex));
    return effectiveGwei === undefined ? [] : [{ effectiveGwei, reward }];
  });
  return new IdealRewards(rules.incrementGwei, answer.ideal, paid);
}

const atLeastZero = (gwei: bigint): bigint => (gwei < 0n ? 0n : gwei);

/** What the formulas need to know of every validator there is, after the last slot of the epoch after the votes. */
export interface RegistryEntry {
  readonly effectiveBalanceGwei: bigint;
  readonly slashed: boolean;
  readonly activationEpoch: Epoch;
  readonly exitEpoch: Epoch;
  readonly withdrawableEpoch: Epoch;
}

export interface TimelyFlags {
  readonly source: boolean;
  readonly target: boolean;
  readonly head: boolean;
}

export interface BlocksInput {
  readonly rules: RewardRules;
  /** Of the epoch after the votes, in which they are counted. */
  readonly fork: ForkName;
  /** Of the votes. */
  readonly epoch: Epoch;
  /** The whole network: the rewards of one depend on the votes of all. */
  readonly registry: ReadonlyMap<number, RegistryEntry>;
  /** Of everybody whose vote is in a block; whoever is not here missed. */
  readonly flags: ReadonlyMap<number, TimelyFlags>;
  readonly inLeak: boolean;
  /** As {@link nextInactivityScore} has them for this epoch; 0 where nothing is said. */
  readonly scores: ReadonlyMap<number, bigint>;
  readonly validators: readonly number[];
}

/** The same from the blocks, by the formulas. Validators that are not paid for this epoch are left out. */
export function voteRewardsFromBlocks(input: BlocksInput): VoteReward[] {
  const { rules, epoch, registry, flags, inLeak, validators } = input;
  const standing = networkStanding(input);
  return validators.flatMap((validatorIndex): VoteReward[] => {
    const entry = registry.get(validatorIndex);
    if (entry === undefined || !isPaidFor(entry, epoch)) return [];
    const effective = entry.effectiveBalanceGwei;
    const base = baseReward(rules, effective, standing.perIncrement);
    const earned = entry.slashed ? undefined : flags.get(validatorIndex);
    let [gwei, idealGwei] = [0n, 0n];
    for (const flag of FLAGS) {
      const reward = flagReward(flag, {
        baseRewardGwei: base,
        participatingIncrements: standing.participating[flag.name],
        activeIncrements: standing.activeIncrements,
        inLeak,
      });
      idealGwei += reward;
      gwei += earned?.[flag.name] === true ? reward : -flagPenalty(flag, base);
    }
    if (earned?.target !== true)
      gwei -= inactivityPenalty(rules, input.fork, effective, input.scores.get(validatorIndex) ?? 0n);
    return [{ validatorIndex, epoch, gwei, idealGwei, method: 'blocks' }];
  });
}

/** `get_eligible_validator_indices`: who is rewarded or penalized for the votes of an epoch. */
export const isPaidFor = (
  entry: Pick<RegistryEntry, 'slashed' | 'activationEpoch' | 'exitEpoch' | 'withdrawableEpoch'>,
  epoch: Epoch,
): boolean => isActiveAt(entry, epoch) || (entry.slashed && epoch + 1n < entry.withdrawableEpoch);

export const isActiveAt = (
  { activationEpoch, exitEpoch }: Pick<RegistryEntry, 'activationEpoch' | 'exitEpoch'>,
  epoch: bigint,
): boolean => activationEpoch <= epoch && epoch < exitEpoch;

function networkStanding({ rules, epoch, registry, flags }: BlocksInput) {
  const sums = { source: 0n, target: 0n, head: 0n };
  let active = 0n;
  for (const [index, entry] of registry) {
    const effective = entry.effectiveBalanceGwei;
    if (isActiveAt(entry, epoch + 1n)) active += effective;
    if (entry.slashed || !isActiveAt(entry, epoch)) continue;
    const earned = flags.get(index);
    for (const { name } of FLAGS) if (earned?.[name] === true) sums[name] += effective;
  }
  const increments = (gwei: bigint): bigint => totalBalance(rules, gwei) / rules.incrementGwei;
  return {
    perIncrement: baseRewardPerIncrement(rules, active),
    activeIncrements: increments(active),
    participating: {
      source: increments(sums.source),
      target: increments(sums.target),
      head: increments(sums.head),
    },
  };
}
