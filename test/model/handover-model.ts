import { epoch, slot } from '../../core/units.ts';
import { takeoverFloor } from '../../slashing-db/handover/takeover-floor.ts';
import { checkControls, NO_CONTROL, NO_PROTECTION } from '../../slashing-db/key-controls.ts';
import { SPEC } from '../support/slashing-fixtures.ts';
import type { Broken, Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import {
  codesOf,
  conflict,
  including,
  message,
  NO_MARKS,
  parsed,
  show,
  worthAsking,
  type Code,
  type Marks,
} from './messages.ts';
import { mergeMarks, rulesWith, type Rules } from './rules.ts';

/**
 * One key and two machines, each with a database of its own, that hand the key over by receipts, to and fro, and may
 * use any receipt again at any time. A machine that gave the key away keeps asking for ever. Commits are one step.
 */
export interface HandoverBounds {
  readonly messages: readonly Code[];
  /** Epochs a key may be handed over at. */
  readonly epochs: readonly number[];
  readonly handovers: number;
  readonly kills: number;
  /** May the first machine have lost its records and go on above a boot floor? */
  readonly lostRecords: boolean;
}

interface Saved {
  readonly marks: Marks;
  readonly active: boolean;
  readonly ceiling: number | null;
  /** Target of the boot floor; its source is one below. */
  readonly floor: number | null;
}

interface Machine {
  readonly memory: Saved;
  readonly disk: Saved;
  /** A hand-over whose ceiling is laid and not yet durable. */
  readonly leaving: boolean;
}

interface Receipt {
  readonly to: number;
  readonly epoch: number;
}

interface World {
  readonly machines: readonly [Machine, Machine];
  readonly receipts: readonly Receipt[];
  readonly released: readonly Code[];
  readonly handovers: number;
  readonly kills: number;
  readonly recordsLost: boolean;
}

const NAMES = ['A', 'B'] as const;
const machine = (active: boolean): Machine => {
  const saved: Saved = { marks: NO_MARKS, active, ceiling: null, floor: null };
  return { memory: saved, disk: saved, leaving: false };
};

export function handoverModel(guards: Guards, bounds: HandoverBounds): Model<World> {
  const context = { guards, bounds, rules: rulesWith(guards) };
  return {
    initial: {
      machines: [machine(true), machine(false)],
      receipts: [],
      released: [],
      handovers: 0,
      kills: 0,
      recordsLost: !bounds.lostRecords,
    },
    *steps(world) {
      for (const [i, it] of world.machines.entries()) {
        yield* signs(context, world, i, it);
        yield* handsOver(context, world, i, it);
        yield* takesOver(context, world, i, it);
        if (world.kills < bounds.kills) {
          const next = put({ ...world, kills: world.kills + 1 }, i, {
            ...it,
            memory: it.disk,
            leaving: false,
          });
          yield { label: `${NAMES[i]} is killed and starts again`, next };
        }
      }
      if (!world.recordsLost && world.handovers === 0) yield losesRecords(world);
    },
    broken,
  };
}

interface Context {
  readonly guards: Guards;
  readonly bounds: HandoverBounds;
  readonly rules: Rules;
}

const put = (world: World, i: number, it: Machine): World => ({
  ...world,
  machines: i === 0 ? [it, world.machines[1]] : [world.machines[0], it],
});

function* signs(
  { guards, bounds, rules }: Context,
  world: World,
  i: number,
  it: Machine,
): Iterable<Step<World>> {
  const { marks, active, ceiling, floor } = it.memory;
  if (!active) return;
  for (const code of bounds.messages) {
    if (!worthAsking(code, world.released)) continue;
    const outEpoch = ceiling === null || !guards.handoverCeiling ? null : epoch(BigInt(ceiling));
    const control = { ...NO_CONTROL, outEpoch };
    const protection = { ...NO_PROTECTION, floor: floorOf(floor) };
    if (checkControls(SPEC, protection, control, message(code)) !== null) continue;
    const judgement = rules.judge(marks, code);
    if (judgement.kind !== 'advance') continue;
    const memory = { ...it.memory, marks: judgement.marks };
    // One commit holds this record and all that came before it, the ceiling too.
    const next = put(world, i, { memory, disk: memory, leaving: it.leaving });
    yield {
      label: `${NAMES[i]} signs ${show(code)}`,
      next: { ...next, released: including(world.released, code) },
    };
  }
}

const floorOf = (target: number | null) =>
  target === null
    ? null
    : {
        slot: slot(BigInt(target + 1) * SPEC.slotsPerEpoch - 1n),
        source: epoch(BigInt(Math.max(0, target - 1))),
        target: epoch(BigInt(target)),
      };

function* handsOver(
  { guards, bounds }: Context,
  world: World,
  i: number,
  it: Machine,
): Iterable<Step<World>> {
  const receipt = (at: number): World => ({
    ...world,
    receipts: world.receipts.some((r) => r.to === 1 - i && r.epoch === at)
      ? world.receipts
      : [...world.receipts, { to: 1 - i, epoch: at }],
  });
  const { ceiling } = it.memory;
  if (it.leaving) {
    const next = put(receipt(ceiling!), i, { ...it, disk: it.memory, leaving: false });
    yield { label: `${NAMES[i]}'s ceiling is durable; receipt for epoch ${ceiling}`, next };
    return;
  }
  if (!it.memory.active || ceiling !== null || world.handovers === bounds.handovers) return;
  for (const at of bounds.epochs) {
    if (at < lowestHandover(guards, it.memory)) continue;
    const left: Machine = { ...it, memory: { ...it.memory, ceiling: at }, leaving: true };
    const early = guards.ceilingDurableBeforeReceipt ? world : receipt(at);
    yield {
      label: `${NAMES[i]} signs only below epoch ${at} from now on${early === world ? '' : ' and writes the receipt'}`,
      next: { ...put(early, i, left), handovers: world.handovers + 1 },
    };
  }
}

function lowestHandover(guards: Guards, { marks, floor }: Saved): number {
  const after = [0];
  if (guards.handoverAboveSigned) {
    for (const code of [marks.vote, marks.block]) {
      const it = code === null ? null : parsed(code);
      if (it?.kind === 'block') after.push(Math.floor(it.slot / Number(SPEC.slotsPerEpoch)) + 1);
      if (it?.kind === 'attestation') after.push(it.target + 1, it.source === 0 ? 0 : it.source + 2);
    }
  }
  if (guards.handoverAboveFloor && floor !== null) after.push(floor + 1);
  return Math.max(...after);
}

function* takesOver({ guards }: Context, world: World, i: number, it: Machine): Iterable<Step<World>> {
  for (const receipt of world.receipts) {
    const { ceiling } = it.memory;
    if (receipt.to !== i || it.leaving) continue;
    if (ceiling !== null && receipt.epoch < ceiling) continue;
    if (guards.receiptAboveCeiling && receipt.epoch === ceiling) continue;
    const floor = codesOf(takeoverFloor(SPEC, epoch(BigInt(receipt.epoch))));
    const marks = mergeMarks(it.memory.marks, weakened(guards, floor, receipt.epoch));
    const memory: Saved = { ...it.memory, marks, active: true, ceiling: null };
    yield {
      label: `${NAMES[i]} takes the key over with the receipt for epoch ${receipt.epoch}`,
      next: put(world, i, { ...it, memory, disk: memory }),
    };
  }
}

function weakened(guards: Guards, { vote, block }: Marks, at: number): Marks {
  if (vote === null) return { vote, block };
  const it = parsed(vote) as { source: number; target: number };
  const source = guards.handoverSourceFloor ? it.source : Math.max(0, at - 3);
  const target = guards.handoverTargetFloor ? it.target : Math.max(0, it.target - 1);
  return { vote: `${source}-${target}-`, block: guards.handoverTargetFloor ? block : null };
}

/** What the boot model shows: above the floor that an accepted rollback puts down nothing lost can be contradicted. */
function losesRecords(world: World): Step<World> {
  const targets = world.released.map((code) => {
    const it = parsed(code);
    return it.kind === 'attestation' ? it.target : Math.floor(it.slot / Number(SPEC.slotsPerEpoch));
  });
  const floor = Math.max(0, ...targets);
  const memory: Saved = { ...world.machines[0].memory, marks: NO_MARKS, floor };
  return {
    label: `A loses its records and goes on above a boot floor with target ${floor}`,
    next: { ...put(world, 0, { memory, disk: memory, leaving: false }), recordsLost: true },
  };
}

function* broken(world: World): Iterable<Broken> {
  const pair = conflict(world.released);
  if (pair !== null) yield { invariant: 'I10', what: `${show(pair[0])} and ${show(pair[1])} are out` };
}
