import { expect } from 'vitest';
import { epoch as epochOf, slot as slotOf, type Root } from '../../../../core/units.ts';
import type { Simulation } from '../../../../devnet/simulation/simulation.ts';
import { judgeVotes, type EpochSeats, type EpochVotes } from '../../../../monitor/attestations/index.ts';
import { CanonicalView } from '../../../../monitor/chain/index.ts';
import type { BlockFacts, IncludedAttestation } from '../../../../monitor/model/block-facts.ts';
import type { AttestationVerdict } from '../../../../monitor/model/verdicts.ts';
import { judgeProposals } from '../../../../monitor/proposals/index.ts';
import { syncSeats, tallySync } from '../../../../monitor/sync-committees/index.ts';

const { dutiesOn, everybody, factsOf, seatsOn, seenOn, viewOf } =
  await import('../../../support/monitor-devnet.ts');

export const SLOTS = 8;

/** Counts of words, to see that a run was not all sunshine. */
export type Seen = Map<string, number>;
const note = (seen: Seen, word: string) => seen.set(word, (seen.get(word) ?? 0) + 1);

/** The verdict that a vote's truth leads to, by the words of the model. */
function wordFor(included: { flags: number; slot: number } | null, slot: number, closed: boolean): string {
  if (included === null) return closed ? 'missed' : 'unknown';
  if (included.flags === 7) return 'perfect';
  if ((included.flags & 2) === 0) return 'wrong_target';
  return included.slot - slot > 1 ? 'late' : 'wrong_head';
}

/** Every verdict about votes of an epoch is the truth, as far as the chain goes at present. */
export function expectVotesTrue(sim: Simulation, epoch: number, seen: Seen): EpochVotes {
  const start = epoch * SLOTS;
  const to = Math.min(sim.slot, start + 2 * SLOTS - 1);
  const seats = seatsOn(sim, epoch, everybody(sim));
  const view = viewOf(sim, start, to);
  const judged = judgeVotes(seats, view, sim.context.spec);
  expectSameBeforeElectra(sim, seats, view, judged);
  const closed = sim.slot >= start + 2 * SLOTS - 1;
  const truth = sim.truth.votes(epoch);
  const told = judged.verdicts.map(({ validatorIndex, slot, result, inclusion }) => {
    note(seen, result);
    return {
      ...{ validator: validatorIndex, slot: Number(slot), result },
      inclusion: inclusion && {
        ...{ slot: Number(inclusion.slot), messages: inclusion.messages.length },
        flags: Number(inclusion.source) + 2 * Number(inclusion.target) + 4 * Number(inclusion.head),
      },
    };
  });
  const expected = truth.map(({ validator, slot, included }) => ({
    ...{ validator, slot, result: wordFor(included, slot, closed) },
    inclusion: included && {
      ...{ slot: included.slot, messages: included.dataRoots.length, flags: included.flags },
    },
  }));
  const byValidator = (one: { validator: number }, other: { validator: number }) =>
    one.validator - other.validator;
  expect({ epoch, votes: told.toSorted(byValidator) }).toEqual({
    epoch,
    votes: expected.toSorted(byValidator),
  });
  const included = truth.filter((vote) => vote.included !== null).length;
  expect(judged.network).toEqual(closed ? { epoch: BigInt(epoch), due: truth.length, included } : null);
  expect(judged.undecodable).toEqual([]);
  return judged;
}

/** The same chain, had its aggregates been of one committee each, as they were before Electra. */
function expectSameBeforeElectra(
  sim: Simulation,
  seats: EpochSeats,
  view: CanonicalView,
  judged: EpochVotes,
): void {
  const apart = ({ data, committees, bits }: IncludedAttestation): IncludedAttestation[] => {
    const { starts } = seats.at(data.slot)!;
    let offset = 0;
    return committees.map((committee) => {
      const size = starts[committee + 1]! - starts[committee]!;
      const own = bits.subarray(offset, (offset += size));
      return { data: { ...data, index: BigInt(committee) }, committees: [committee], bits: own };
    });
  };
  const old = new CanonicalView({
    ...{ from: view.from, to: view.to },
    blocks: view.blocks.map((block) => ({
      ...block,
      attestations: block.attestations.flatMap((each) =>
        seats.at(each.data.slot) === null ? [] : apart(each),
      ),
    })),
  });
  const { verdicts, network, undecodable } = judgeVotes(seats, old, sim.context.spec);
  const plain = ({ inclusion, ...verdict }: AttestationVerdict) => ({
    ...verdict,
    inclusion: inclusion && { ...inclusion, messages: inclusion.messages.length },
  });
  expect(verdicts.map(plain)).toEqual(judged.verdicts.map(plain));
  expect({ network, undecodable }).toEqual({ network: judged.network, undecodable: judged.undecodable });
}

/** Every verdict about proposals of an epoch is the truth. */
export function expectProposalsTrue(sim: Simulation, epoch: number, seen: Seen): void {
  const start = epoch * SLOTS;
  const last = start + SLOTS - 1;
  const orphans = new Map<Root, BlockFacts>();
  const slots = Array.from({ length: SLOTS }, (_, at) => start + at);
  for (const at of slots) {
    for (const node of sim.tree.atSlot(at)) {
      const facts = factsOf(sim, node);
      orphans.set(facts.root, facts);
    }
  }
  const { verdicts, contradicted } = judgeProposals({
    range: { first: slotOf(BigInt(start)), last: slotOf(BigInt(last)) },
    ...{ duties: dutiesOn(sim, epoch), watched: everybody(sim), view: viewOf(sim, start, last) },
    facts: {
      seen: new Map(slots.map((at) => [slotOf(BigInt(at)), seenOn(sim, at)])),
      ...{ orphans, rewardsGwei: new Map() },
    },
    now: slotOf(BigInt(sim.slot)),
  });
  const truth = sim.truth.proposals(epoch);
  for (const { outcome } of truth) note(seen, outcome);
  expect(
    verdicts.map(({ slot, validatorIndex, result, blockRoot, graffiti }) => ({
      ...{ slot: Number(slot), proposer: validatorIndex, outcome: result, root: blockRoot },
      signed: graffiti !== null,
    })),
  ).toEqual(truth.map((proposal) => ({ ...proposal, signed: proposal.root !== null })));
  expect(contradicted).toEqual([]);
}

/** Every tally of sync committee duties in an epoch is the truth. */
export function expectSyncTrue(sim: Simulation, epoch: number, seen: Seen): void {
  const start = epoch * SLOTS;
  const last = start + SLOTS - 1;
  const members = sim.tree.stateAt(sim.tree.latestAt(last), last).currentSyncCommittee;
  const seats = syncSeats(0n, Uint32Array.from(members), everybody(sim));
  const tallies = tallySync(epochOf(BigInt(epoch)), seats, viewOf(sim, start, last), sim.context.spec);
  const truth = sim.truth.sync(epoch);
  const hits = truth.filter(({ hit }) => hit).length;
  for (const validator of everybody(sim)) {
    const own = truth.filter((each) => each.validator === validator);
    const tally = tallies.find(({ validatorIndex }) => validatorIndex === validator);
    const positions = members.filter((member) => member === validator).length;
    if (positions > 1) note(seen, 'several positions');
    if (own.some(({ hit }) => !hit)) note(seen, 'sync miss');
    expect(tally ?? null).toEqual(
      positions === 0
        ? null
        : {
            ...{ validatorIndex: validator, epoch: BigInt(epoch), positions, due: own.length },
            hit: own.filter(({ hit }) => hit).length,
            ...{ committeeDue: truth.length, committeeHit: hits },
          },
    );
  }
}
