import { committees, finalityCheckpoints, validators, type Committee } from '../../beacon/index.ts';
import { forkAtEpoch, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Slot } from '../../core/units.ts';
import { judgeVotes } from '../attestations/judge.ts';
import { EpochSeats } from '../attestations/seats.ts';
import type { BeaconSource } from '../chain/index.ts';
import { voteRewardsFromBlocks, type RewardRules, type TimelyFlags } from '../ledger/index.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { UnitFacts } from './unit-facts.ts';

/**
 * The reward of one vote depends on the votes and balances of everybody. With more validators than these the registry
 * is too much to be fetched every epoch, and what votes were paid is worked out from the balances.
 */
const MOST_VALIDATORS = 20_000;

export interface FormulaModules {
  readonly nodes: BeaconSource;
  readonly spec: ChainSpec;
  readonly rules: RewardRules;
  readonly log: Logger;
}

/** Rewards of votes without the node's rewards endpoint: blocks, committees and registry, by the formulas of the specs. */
export class FormulaRewards {
  readonly #modules: FormulaModules;

  constructor(modules: FormulaModules) {
    this.#modules = modules;
  }

  /**
   * For the votes made in the epoch, of whom it can be said: whoever missed the target pays by an inactivity score that no
   * endpoint tells, and so does everybody while the chain leaks. Null: of nobody.
   */
  async votes(facts: UnitFacts): Promise<readonly VoteReward[] | null> {
    if (facts.seats === null || facts.seats.members > MOST_VALIDATORS) return null;
    try {
      return await this.#compute(facts);
    } catch (error) {
      if (!isVigilError(error)) throw error;
      this.#modules.log.debug(
        { epoch: facts.epoch.toString(), reason: error.message },
        'rewards could not be computed from the blocks',
      );
      return null;
    }
  }

  async #compute({ epoch, view, watched }: UnitFacts): Promise<readonly VoteReward[] | null> {
    const { nodes, spec, rules } = this.#modules;
    const next = epochOf(epoch + 1n);
    const paid = startSlotOfEpoch(spec, epochOf(epoch + 2n));
    const finality = (await nodes.ask(finalityCheckpoints(paid))).data;
    if (epoch - finality.finalized.epoch > rules.minEpochsToInactivityPenalty) return null;

    const bySlot = await this.#committees(epoch);
    const members = new Set([...membersOf(bySlot), ...membersOf(await this.#committees(next))]);
    const seats = new EpochSeats(epoch, members, spec);
    for (const [slot, committee] of bySlot) seats.addSlot(slot, committee);
    const flags = new Map<number, TimelyFlags>();
    for (const { validatorIndex, inclusion } of judgeVotes(seats, view, spec).verdicts) {
      if (inclusion !== null) flags.set(validatorIndex, inclusion);
    }
    const ids = [...members].map(BigInt);
    const { data: states } = await nodes.ask(validators(slotOf(paid - 1n), ids));
    const registry = new Map(states.map((state) => [Number(state.index), state]));
    const told = watched
      .map(({ index }) => index)
      .filter((index) => flags.get(index)?.target === true && registry.get(index)?.slashed === false);
    return voteRewardsFromBlocks({
      ...{ rules, epoch, registry, flags, inLeak: false, scores: new Map(), validators: told },
      fork: forkAtEpoch(spec, next).name,
    });
  }

  async #committees(epoch: Epoch): Promise<Map<Slot, readonly Committee[]>> {
    const { nodes, spec } = this.#modules;
    const start = startSlotOfEpoch(spec, epoch);
    const bySlot = new Map<Slot, readonly Committee[]>();
    for (let offset = 0n; offset < spec.slotsPerEpoch; offset += 1n) {
      const slot = slotOf(start + offset);
      bySlot.set(slot, (await nodes.ask(committees(start, { epoch, slot }, spec))).data);
    }
    return bySlot;
  }
}

function membersOf(bySlot: ReadonlyMap<Slot, readonly Committee[]>): number[] {
  return [...bySlot.values()].flatMap((list) =>
    list.flatMap(({ validators: seated }) => [...seated].map(Number)),
  );
}
