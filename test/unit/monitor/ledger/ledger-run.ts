// First: the SSZ types take their limits from the preset that is chosen there.
import '../../devnet/minimal-chain.ts';
import {
  attestationRewards,
  blockRewards,
  syncCommittee,
  type BlockReward,
} from '../../../../beacon/index.ts';
import { configSpec } from '../../../../beacon/index.ts';
import { epoch, slot, type Slot } from '../../../../core/units.ts';
import { DevnetBeaconNode } from '../../../../devnet/api/beacon-node.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import {
  BalanceCollector,
  collectSyncReward,
  explainedParts,
  validatorChanges,
  type Asked,
} from '../../../../monitor/balances/index.ts';
import {
  rewardRules,
  voteRewardsFromEndpoint,
  type LedgerCalendar,
  type LedgerInput,
  type LedgerResult,
} from '../../../../monitor/ledger/index.ts';
import type { VoteReward } from '../../../../monitor/model/epoch-record.ts';
import type { ValidatorEvent } from '../../../../monitor/model/validator-event.ts';
import type { AttestationVerdict, ProposalVerdict } from '../../../../monitor/model/verdicts.ts';
import { clientOf } from '../../../support/beacon-server.ts';
import { blockFactsOf } from './block-facts-of.ts';

export interface RunOptions {
  readonly sim: Simulation;
  readonly calendar: LedgerCalendar;
  readonly validators: readonly number[];
  readonly from?: number;
  readonly to: number;
  /** Votes whose reward the node does not tell. */
  readonly votesUnknown?: boolean;
  /** Proposals of whose block the node tells nothing. */
  readonly proposalsUnknown?: boolean;
}

export interface EpochLedger extends LedgerResult {
  readonly epoch: number;
  readonly input: Omit<LedgerInput, 'queue'>;
  readonly changes: readonly ValidatorEvent[];
}

/** Days that start every few slots, so that an epoch is cut anywhere and more than once. */
export function shortDays(slotsPerDay: number): LedgerCalendar {
  const dayOf = (at: Slot) =>
    new Date(Date.UTC(2020, 0, 1) + Number(at / BigInt(slotsPerDay)) * 86_400_000).toISOString().slice(0, 10);
  return {
    name: 'test',
    dayOf,
    cuts: (at) =>
      Array.from({ length: 7 }, (_, offset) => slot(at * 8n + BigInt(offset) + 1n)).filter(
        (each) => each % BigInt(slotsPerDay) === 0n,
      ),
  };
}

/** The ledger of every epoch of a run, from what a beacon node says over HTTP; duties as they truly were. */
export async function ledgerRun(options: RunOptions): Promise<EpochLedger[]> {
  const node = new DevnetBeaconNode(options.sim);
  try {
    return await runAgainst(clientOf({ url: await node.listen() }), options);
  } finally {
    await node.close();
  }
}

async function runAgainst(client: Asked, options: RunOptions): Promise<EpochLedger[]> {
  const { sim, calendar, validators } = options;
  const { spec } = sim.context;
  const rules = rewardRules((await client.ask(configSpec())).data, spec);
  const collector = new BalanceCollector(client, spec, calendar);
  const ledgers: EpochLedger[] = [];
  for (let number = options.from ?? 0; number <= options.to; number += 1) {
    const at = epoch(BigInt(number));
    const slots = Array.from({ length: 8 }, (_, offset) => number * 8 + offset);
    const blocks = slots.flatMap((each) => sim.tree.canonicalAt(each) ?? []).map(blockFactsOf);
    const proposals = proposalsOf(sim, number);
    const rewards = new Map<Slot, BlockReward>();
    const unpaidProposals: { validatorIndex: number; slot: Slot }[] = [];
    for (const { validatorIndex, slot: proposed, result } of proposals) {
      if (result !== 'included' || !validators.includes(validatorIndex)) continue;
      if (options.proposalsUnknown === true) unpaidProposals.push({ validatorIndex, slot: proposed });
      else rewards.set(proposed, (await client.ask(blockRewards(proposed))).data);
    }
    const balances = await collector.epoch({ epoch: at, validators, unpaidProposals });
    const voteRewards = new Map<number, VoteReward>();
    if (number >= 2 && options.votesUnknown !== true) {
      const votes = epoch(at - 2n);
      const known = [...balances.opening.keys()];
      const { data } = await client.ask(attestationRewards(votes, known.map(BigInt)));
      const effectiveBalances = new Map(
        [...balances.opening].map(([index, { effectiveBalanceGwei }]) => [index, effectiveBalanceGwei]),
      );
      const read = voteRewardsFromEndpoint({ rules, epoch: votes, answer: data, effectiveBalances });
      for (const reward of read.rewards) voteRewards.set(reward.validatorIndex, reward);
    }
    const committee = (await client.ask(syncCommittee(collector.lastSlot(at), at))).data;
    const input = {
      ...{ epoch: at, rules, spec, calendar, validators, blocks, ...balances, voteRewards },
      syncPositions: positionsOf(committee, validators),
      syncRewardGwei: await collectSyncReward(client, { spec, blocks, committee }),
      ...{ blockRewards: rewards, verdicts: verdictsOf(sim, number), proposals },
    };
    const result = await explainedParts(client, input);
    const changes = validatorChanges({
      ...{ spec, epoch: at, blocks },
      ...{ before: balances.opening, after: balances.closing },
    });
    ledgers.push({ epoch: number, input, changes, ...result });
  }
  return ledgers;
}

function positionsOf(committee: Uint32Array, validators: readonly number[]): Map<number, number[]> {
  const positions = new Map<number, number[]>();
  for (const [position, member] of committee.entries())
    if (validators.includes(member)) positions.set(member, [...(positions.get(member) ?? []), position]);
  return positions;
}

export function verdictsOf(sim: Simulation, number: number): AttestationVerdict[] {
  return sim.truth.votes(number).map(({ validator, slot: due, included }) => ({
    ...{ validatorIndex: validator, epoch: epoch(BigInt(number)), slot: slot(BigInt(due)) },
    result: included === null ? 'missed' : included.flags === 7 ? 'perfect' : 'late',
    inclusion:
      included === null
        ? null
        : {
            slot: slot(BigInt(included.slot)),
            ...{ distance: included.slot - due, optimalDistance: included.slot - due, messages: [] },
            source: (included.flags & 1) !== 0,
            target: (included.flags & 2) !== 0,
            head: (included.flags & 4) !== 0,
          },
  }));
}

const proposalsOf = (sim: Simulation, number: number): ProposalVerdict[] =>
  sim.truth.proposals(number).map(({ slot: at, proposer, outcome }) => ({
    ...{ validatorIndex: proposer, slot: slot(BigInt(at)), result: outcome },
    ...{ blockRoot: null, feeRecipient: null, graffiti: null, rewardGwei: null },
  }));
