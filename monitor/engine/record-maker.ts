import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Logger } from '../../core/log/logger.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Slot } from '../../core/units.ts';
import { judgeVotes } from '../attestations/judge.ts';
import { collectSyncReward, explainedParts, validatorChanges } from '../balances/index.ts';
import type { BeaconSource } from '../chain/index.ts';
import {
  type LedgerCalendar,
  type LedgerInput,
  type LedgerResult,
  type RewardRules,
} from '../ledger/index.ts';
import type { ChainCheckpoint, EpochRecord } from '../model/epoch-record.ts';
import type { ExecutionPayment } from '../model/ledger-part.ts';
import type { AttestationVerdict, NetworkBlocks, ProposalVerdict } from '../model/verdicts.ts';
import { judgeProposals } from '../proposals/index.ts';
import { tallySync } from '../sync-committees/index.ts';
import { PaidVotes } from './paid-votes.ts';
import { statesAt, type UnitFacts } from './unit-facts.ts';

/** What proposers were paid on the execution layer. */
export type PaymentsOf = (
  proposals: readonly ProposalVerdict[],
  facts: UnitFacts,
) => Promise<readonly ExecutionPayment[]>;

export interface RecordModules {
  readonly nodes: BeaconSource;
  readonly spec: ChainSpec;
  readonly rules: RewardRules;
  readonly calendar: LedgerCalendar;
  readonly paymentsOf: PaymentsOf;
  readonly log: Logger;
}

/** Judges the facts of a final epoch. Nodes are asked once more only when a balance did what nothing explains. */
export class RecordMaker {
  readonly #modules: RecordModules;
  readonly #paidVotes: PaidVotes;

  constructor(modules: RecordModules) {
    this.#modules = modules;
    this.#paidVotes = new PaidVotes(modules);
  }

  /** @throws what the nodes fail with */
  async make(facts: UnitFacts): Promise<EpochRecord> {
    const { spec } = this.#modules;
    const { epoch, view, seats, syncSeats } = facts;
    const votes = seats === null ? unknownVotes(facts, spec) : judgeVotes(seats, view, spec);
    if (seats !== null && votes.undecodable.length > 0) {
      this.#modules.log.warn(
        { epoch: epoch.toString(), aggregates: votes.undecodable.length },
        'votes of the chain cannot be read with the committees that the beacon node gave: what depends on them is unknown',
      );
    }
    const proposals = proposalsOf(facts, spec);
    const ledger = await this.#ledger(facts, votes.verdicts, proposals);
    return {
      epoch,
      validators: facts.watched.map(({ index }) => index),
      attestations: votes.verdicts,
      network: votes.network,
      networkBlocks: networkBlocksOf(facts, spec),
      proposals,
      sync: tallySync(epoch, syncSeats, view, spec),
      voteRewards: await this.#paidVotes.ofVotesIn(facts, votes.verdicts),
      parts: ledger.parts,
      payments: await this.#modules.paymentsOf(proposals, facts),
      events: [...ledger.events, ...this.#changes(facts)].sort((one, other) => Number(one.slot - other.slot)),
      checkpoints: checkpointsOf(
        facts,
        ledger.parts.map(({ endSlot }) => endSlot),
      ),
    };
  }

  async #ledger(
    facts: UnitFacts,
    verdicts: readonly AttestationVerdict[],
    proposals: readonly ProposalVerdict[],
  ): Promise<LedgerResult> {
    const { nodes, spec } = this.#modules;
    const explained = await explainedParts(nodes, await this.#ledgerInput(facts, verdicts, proposals));
    for (const { validatorIndex, gwei, startSlot, endSlot } of explained.unexplained) {
      this.#modules.log.warn(
        {
          validatorIndex,
          gwei: gwei.toString(),
          startSlot: startSlot.toString(),
          endSlot: endSlot.toString(),
        },
        `${spec.name}: a balance did what nothing explains; the difference is kept as the residual`,
      );
    }
    return explained;
  }

  async #ledgerInput(
    facts: UnitFacts,
    verdicts: readonly AttestationVerdict[],
    proposals: readonly ProposalVerdict[],
  ): Promise<Omit<LedgerInput, 'queue'>> {
    const { spec, rules, calendar } = this.#modules;
    const { epoch, view, syncSeats, states } = facts;
    const first = startSlotOfEpoch(spec, epoch);
    const last = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n);
    return {
      ...{ epoch, rules, spec, calendar, verdicts, proposals },
      validators: facts.watched.map(({ index }) => index),
      blocks: view.within(first, last),
      opening: statesAt(states, first === 0n ? first : slotOf(first - 1n)),
      closing: statesAt(states, last),
      points: [...states]
        .filter(([at]) => at >= first && at < last)
        .map(([slot, known]) => ({
          slot,
          balancesGwei: new Map([...known].map(([index, state]) => [index, state.balanceGwei])),
        })),
      voteRewards: new Map(
        this.#paidVotes.creditedIn(facts).map((reward) => [reward.validatorIndex, reward]),
      ),
      syncPositions: syncSeats.positions,
      syncRewardGwei: await this.#syncReward(facts, first, last),
      blockRewards: facts.blockRewards,
    };
  }

  /** Where the endpoint tells nothing of our members, balances do. */
  async #syncReward(facts: UnitFacts, first: Slot, last: Slot): Promise<bigint | null> {
    const { nodes, spec } = this.#modules;
    const { syncRewardGwei, syncSeats, view } = facts;
    const blocks = view.within(first, last);
    if (syncRewardGwei !== null || syncSeats.positions.size === 0) return syncRewardGwei;
    return blocks.length === 0
      ? 0n
      : collectSyncReward(nodes, { spec, blocks, committee: syncSeats.committee });
  }

  #changes({ epoch, view, states }: UnitFacts) {
    const { spec } = this.#modules;
    const first = startSlotOfEpoch(spec, epoch);
    const last = this.#lastSlot(epoch);
    return validatorChanges({
      ...{ spec, epoch, blocks: view.within(first, last) },
      before: statesAt(states, first === 0n ? first : slotOf(first - 1n)),
      after: statesAt(states, last),
    });
  }

  #lastSlot(epoch: Epoch): Slot {
    return slotOf(startSlotOfEpoch(this.#modules.spec, epochOf(epoch + 1n)) - 1n);
  }
}

/** Without committees nobody knows in which slot anybody's vote was due: those who were active get the first. */
function unknownVotes({ epoch, watched, states }: UnitFacts, spec: ChainSpec) {
  const slot = startSlotOfEpoch(spec, epoch);
  const known = statesAt(states, slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n));
  const verdicts = watched.flatMap(({ index }): AttestationVerdict[] => {
    const state = known.get(index);
    if (state === undefined || state.activationEpoch > epoch || state.exitEpoch <= epoch) return [];
    return [{ validatorIndex: index, epoch, slot, result: 'unknown', inclusion: null }];
  });
  return { verdicts, network: null, undecodable: [] };
}

function proposalsOf({ epoch, view, duties, watched, proposals, blockRewards }: UnitFacts, spec: ChainSpec) {
  const first = startSlotOfEpoch(spec, epoch);
  const last = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n);
  const rewardsGwei = new Map(
    view.within(first, last).flatMap(({ slot, root }) => {
      const reward = blockRewards.get(slot);
      return reward === undefined ? [] : [[root, reward.totalGwei] as const];
    }),
  );
  const { verdicts } = judgeProposals({
    range: { first, last },
    duties: duties ?? [],
    watched: new Set(watched.map(({ index }) => index)),
    view,
    facts: { ...proposals, rewardsGwei },
    now: view.to,
  });
  return verdicts;
}

function networkBlocksOf({ epoch, view }: UnitFacts, spec: ChainSpec): NetworkBlocks {
  const first = startSlotOfEpoch(spec, epoch);
  const last = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n);
  const blocks = view.within(first, last).filter(({ slot }) => slot > 0n);
  const bits = blocks.flatMap(({ syncBits }) => (syncBits === null ? [] : [syncBits]));
  return {
    epoch,
    due: Number(spec.slotsPerEpoch) - (epoch === 0n ? 1 : 0),
    included: blocks.length,
    syncDue: bits.reduce((sum, { length }) => sum + length, 0),
    syncHit: bits.reduce((sum, each) => sum + each.reduce((hits, bit) => hits + bit, 0), 0),
  };
}

/** The blocks that ledger rows end with. */
function checkpointsOf({ view }: UnitFacts, ends: readonly Slot[]): ChainCheckpoint[] {
  return [...new Set(ends)].flatMap((slot): ChainCheckpoint[] => {
    const block = view.blocks.findLast((each) => each.slot <= slot);
    if (block === undefined) return [];
    return [
      {
        slot,
        blockRoot: block.root,
        stateRoot: block.stateRoot,
        executionBlock: block.execution?.blockNumber ?? 0n,
      },
    ];
  });
}
