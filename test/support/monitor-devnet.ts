import type { BlockAnswer, Committee } from '../../beacon/index.ts';
import { epochOfSlot, forkAtEpoch } from '../../core/chain/chain-spec.ts';
import { epoch as epochOf, parseRoot, slot as slotOf } from '../../core/units.ts';
import { committeesOf } from '../../devnet/chain/committees.ts';
import { proposersOf } from '../../devnet/chain/proposers.ts';
import { startSlotOf } from '../../devnet/chain/rules.ts';
import type { BlockNode } from '../../devnet/simulation/block-tree.ts';
import type { Simulation } from '../../devnet/simulation/simulation.ts';
import { EpochSeats } from '../../monitor/attestations/index.ts';
import { blockFacts, CanonicalView } from '../../monitor/chain/index.ts';
import type { BlockFacts } from '../../monitor/model/block-facts.ts';
import type { ProposalDuty, SeenBlock } from '../../monitor/proposals/index.ts';

/**
 * What the monitor would be told of a simulated chain, without HTTP in between. Import it after the preset was chosen:
 * see minimal-chain.ts.
 */

const known = new WeakMap<BlockNode, BlockFacts>();

export function factsOf(sim: Simulation, node: BlockNode): BlockFacts {
  const before = known.get(node);
  if (before !== undefined) return before;
  const { spec } = sim.context;
  const at = slotOf(BigInt(node.slot));
  const answer: BlockAnswer = {
    ...{ fork: forkAtEpoch(spec, epochOfSlot(spec, at)).name, slot: at, root: parseRoot(node.root, 'root') },
    signedBlock: node.signed,
  };
  const facts = blockFacts(answer);
  known.set(node, facts);
  return facts;
}

/** The chain as it is now. */
export function viewOf(sim: Simulation, from: number, to: number): CanonicalView {
  const blocks: BlockFacts[] = [];
  for (let at = from; at <= to; at += 1) {
    const node = sim.tree.canonicalAt(at);
    if (node !== undefined) blocks.push(factsOf(sim, node));
  }
  const before = from === 0 ? null : sim.tree.latestAt(from - 1);
  return new CanonicalView({
    ...{ from: slotOf(BigInt(from)), to: slotOf(BigInt(to)), blocks },
    ...(before === null ? {} : { parentRoot: parseRoot(before.root, 'root') }),
  });
}

const dutyState = (sim: Simulation, epoch: number) => {
  const start = startSlotOf(sim.context.rules, epoch);
  return sim.tree.stateAt(sim.tree.latestAt(start), start);
};

export function committeesOn(sim: Simulation, epoch: number): Committee[][] {
  const { rules } = sim.context;
  const start = startSlotOf(rules, epoch);
  return committeesOf(rules, dutyState(sim, epoch), epoch).bySlot.map((ofSlot, offset) =>
    ofSlot.map((members, index) => ({
      ...{ slot: slotOf(BigInt(start + offset)), index, validators: Uint32Array.from(members) },
    })),
  );
}

export function seatsOn(sim: Simulation, epoch: number, watched: Iterable<number>): EpochSeats {
  const seats = new EpochSeats(epochOf(BigInt(epoch)), watched, sim.context.spec);
  for (const ofSlot of committeesOn(sim, epoch)) seats.addSlot(ofSlot[0]!.slot, ofSlot);
  return seats;
}

export function dutiesOn(sim: Simulation, epoch: number): ProposalDuty[] {
  const start = startSlotOf(sim.context.rules, epoch);
  return proposersOf(sim.context.rules, dutyState(sim, epoch), epoch).map((validatorIndex, offset) => ({
    ...{ validatorIndex, slot: slotOf(BigInt(start + offset)) },
  }));
}

/** Every block of a slot that ever came. */
export const seenOn = (sim: Simulation, at: number): SeenBlock[] =>
  sim.tree.atSlot(at).map((node) => ({
    ...{
      root: parseRoot(node.root, 'root'),
      slot: slotOf(BigInt(at)),
      canonical: sim.tree.isCanonical(node),
    },
    proposerIndex: node.signed.message.proposerIndex,
  }));

export const everybody = (sim: Simulation): Set<number> => new Set(sim.headState().validators.keys());
