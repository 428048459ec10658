import { startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import { syncCommitteeOf } from '../../core/chain/preset.ts';
import { isVigilError } from '../../core/errors.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Slot } from '../../core/units.ts';
import { collectSyncReward } from '../balances/index.ts';
import {
  basesOfSyncReward,
  compareVoteRewards,
  contradictions,
  voteRewardsFromEndpoint,
  type BaseBounds,
  type VoteContradiction,
} from '../ledger/index.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import type { StatesByIndex } from './chain-answers.ts';
import { FormulaRewards, type FormulaModules } from './formula-rewards.ts';
import { statesAt, type UnitFacts } from './unit-facts.ts';

/** Epochs between two comparisons of endpoint and formulas, on networks that are small enough for it. */
const COMPARE_EVERY = 8n;

/** Blocks that are asked what they paid the sync committee; nearly always the first answer will do. */
const SYNC_SAMPLES = 2;

/** What votes are paid, from whoever can be believed. */
export class PaidVotes {
  readonly #modules: FormulaModules;
  readonly #formulas: FormulaRewards;

  constructor(modules: FormulaModules) {
    this.#modules = modules;
    this.#formulas = new FormulaRewards(modules);
  }

  /** For the votes of two epochs before. Whoever is missing is worked out from the balance. */
  creditedIn({ epoch, credited, states }: UnitFacts): readonly VoteReward[] {
    if (credited === null) return [];
    if ('stored' in credited) return credited.stored;
    return this.#rewardsFrom(
      epochOf(epoch - 2n),
      credited.answer,
      statesAt(states, this.#lastSlot(epochOf(epoch - 1n))),
    );
  }

  /**
   * For the votes of this epoch, which the balances of the one after the next will have: as the node tells it, where the
   * blocks do not say otherwise, else by the formulas, else as the balance will have it.
   */
  async ofVotesIn(facts: UnitFacts, verdicts: readonly AttestationVerdict[]): Promise<readonly VoteReward[]> {
    const { epoch, votes, states } = facts;
    if (votes === null) return (await this.#formulas.votes(facts)) ?? [];
    const paidBy = statesAt(states, this.#lastSlot(epochOf(epoch + 1n)));
    const told = this.#rewardsFrom(epoch, votes, paidBy);
    const contradicted = await this.#contradicted(facts, verdicts, paidBy);
    if (contradicted.size === 0 && epoch % COMPARE_EVERY !== 0n) return told;
    const computed = await this.#formulas.votes(facts);
    const byIndex = new Map(computed?.map((reward) => [reward.validatorIndex, reward]));
    const wrong = new Set([...contradicted, ...this.#differing(told, byIndex)]);
    return told.map((reward) =>
      wrong.has(reward.validatorIndex)
        ? (byIndex.get(reward.validatorIndex) ?? { ...reward, method: 'balance' as const })
        : reward,
    );
  }

  /** Where endpoint and formulas both tell of a vote, they have to say the same. */
  #differing(told: readonly VoteReward[], computed: ReadonlyMap<number, VoteReward>): readonly number[] {
    const both = told.filter(
      ({ validatorIndex, method }) => method === 'endpoint' && computed.has(validatorIndex),
    );
    const ofBoth = both.flatMap(({ validatorIndex }) => computed.get(validatorIndex) ?? []);
    const differences = compareVoteRewards(both, ofBoth);
    const [first] = differences;
    if (first !== undefined) {
      const { validatorIndex, what, endpointGwei, blocksGwei } = first;
      this.#modules.log.warn(
        { validatorIndex, what, endpoint: `${endpointGwei}`, blocks: `${blocksGwei}` },
        "the node's rewards are not what the formulas give; the formulas are believed",
      );
    }
    return differences.map(({ validatorIndex }) => validatorIndex);
  }

  /** Of whom the node tells other rewards than the votes in the blocks can have. */
  async #contradicted(
    facts: UnitFacts,
    verdicts: readonly AttestationVerdict[],
    paidBy: StatesByIndex,
  ): Promise<ReadonlySet<number>> {
    const { rules, log } = this.#modules;
    const { epoch, votes } = facts;
    if (votes === null) return new Set();
    const penalties = votes.total.some(({ sourceGwei, targetGwei }) => sourceGwei < 0n || targetGwei < 0n);
    const foundBy = (bases: BaseBounds | null): VoteContradiction[] =>
      contradictions({
        ...{ rules, verdicts, answer: votes },
        ...(bases === null ? {} : { bases }),
        effectiveBalances: effectiveBalancesOf(paidBy),
        slashed: new Set([...paidBy].filter(([, { slashed }]) => slashed).map(([index]) => index)),
      });
    const found = await this.#withSyncPay(facts, penalties, foundBy);
    const [first] = found;
    const wrong = new Set(found.map(({ validatorIndex }) => validatorIndex));
    if (first !== undefined) {
      log.warn(
        { epoch: epoch.toString(), validators: wrong.size, example: first },
        "the node's rewards contradict the votes in the blocks; they are not believed for these validators",
      );
    }
    return wrong;
  }

  /**
   * What is found with the pay of the sync committee as the measure of penalties. Where nothing but that pay speaks
   * against the votes, one of two endpoints is wrong: balances say which, and where nobody has them, nothing was measured.
   */
  async #withSyncPay(
    facts: UnitFacts,
    penalties: boolean,
    foundBy: (bases: BaseBounds | null) => VoteContradiction[],
  ): Promise<VoteContradiction[]> {
    const bases = penalties ? await this.#bases(facts) : null;
    const found = foundBy(bases);
    if (bases === null || found.length === 0) return found;
    if (foundBy(null).length === found.length) return found;
    const measured = foundBy(await this.#bases(facts, true));
    if (measured.length < found.length) {
      this.#modules.log.warn(
        { epoch: facts.epoch.toString(), endpoint: '/eth/v1/beacon/rewards/sync_committee/{block_id}' },
        "the node's rewards of the sync committee contradict what it says of votes; votes are not measured by them",
      );
    }
    return measured;
  }

  /**
   * What a penalty can be measured by without the whole registry: the sync committee of the epoch after the votes is paid
   * by the same total stake. Null where nobody tells.
   */
  async #bases({ epoch, view, syncSeats }: UnitFacts, onlyBalances = false): Promise<BaseBounds | null> {
    const { nodes, spec, rules, log } = this.#modules;
    const next = epochOf(epoch + 1n);
    // Then it is another committee, and once a day nothing is compared.
    if (next % syncCommitteeOf(spec.presetBase).epochsPerPeriod === 0n) return null;
    const blocks = view.within(startSlotOfEpoch(spec, next), this.#lastSlot(next)).slice(-SYNC_SAMPLES);
    try {
      const gwei = await collectSyncReward(nodes, {
        ...{ spec, blocks, onlyBalances },
        committee: syncSeats.committee,
      });
      return gwei === null ? null : basesOfSyncReward(rules, gwei);
    } catch (error) {
      if (!isVigilError(error)) throw error;
      log.debug(
        { epoch: epoch.toString(), reason: error.message },
        'penalties are compared with each other only',
      );
      return null;
    }
  }

  #rewardsFrom(
    epoch: Epoch,
    answer: NonNullable<UnitFacts['votes']>,
    paidBy: StatesByIndex,
  ): readonly VoteReward[] {
    const { rules, log } = this.#modules;
    const effectiveBalances = effectiveBalancesOf(paidBy);
    const { rewards, inexact } = voteRewardsFromEndpoint({ rules, epoch, answer, effectiveBalances });
    if (inexact.length === 0) return rewards;
    log.debug(
      { epoch: epoch.toString(), validators: inexact.length },
      'the node computes rewards in floating point',
    );
    // An estimate: the balance knows better.
    const doubtful = new Set(inexact);
    return rewards.map((reward) =>
      doubtful.has(reward.validatorIndex) ? { ...reward, method: 'balance' as const } : reward,
    );
  }

  #lastSlot(epoch: Epoch): Slot {
    return slotOf(startSlotOfEpoch(this.#modules.spec, epochOf(epoch + 1n)) - 1n);
  }
}

const effectiveBalancesOf = (states: StatesByIndex): ReadonlyMap<number, bigint> =>
  new Map([...states].map(([index, state]) => [index, state.effectiveBalanceGwei]));
