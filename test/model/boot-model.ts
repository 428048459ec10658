import { epoch, slot } from '../../core/units.ts';
import { judgeEvidence, type EvidenceVerdict } from '../../slashing-db/anchor/judge-evidence.ts';
import { bootFloorAt, checkFloor } from '../../slashing-db/boot-floor.ts';
import { emptyChain } from '../../slashing-db/history/hash-chain.ts';
import { checkTime } from '../../slashing-db/rules/check-time.ts';
import { SPEC } from '../support/slashing-fixtures.ts';
import { disasters } from './boot-disasters.ts';
import { keyOf } from './boot-key.ts';
import {
  anchorOf,
  highest,
  remembersAll,
  withImage,
  type BootBounds,
  type Database,
  type Process,
  type Three,
  type World,
} from './boot-world.ts';
import type { Broken, Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import { conflict, including, message, NO_MARKS, show, worthAsking, type Code } from './messages.ts';
import { rulesWith, type Rules } from './rules.ts';

const TOLERANCE = 1n;
const TWO_SLOTS = { ...SPEC, slotsPerEpoch: 2n };
const DATABASE_ID = 'model';
const EMPTY: Database = {
  marks: NO_MARKS,
  generation: 0,
  sequence: 0,
  latestSlot: 0,
  floor: null,
  owed: false,
  boot: null,
  clean: true,
};

/**
 * History in doubt: anchor, boot floor, clock. A commit is one step here (how it gets there is the commit model's
 * matter), and what may go wrong is everything around the database: an old copy is put back, the anchor is lost, power
 * fails on a disk that lied about its fsyncs, the clock is set back, the process is killed at any point.
 *
 * What the model grants: when a floor is measured, something still knows the time of the last signature (the clock,
 * the latest slot on record, or the anchor); and a lying disk loses no more than the run under way.
 */
export function bootModel(guards: Guards, bounds: BootBounds): Model<World> {
  const context = { guards, bounds, rules: rulesWith(guards) };
  return {
    initial: {
      now: 0,
      signedAt: 0,
      boot: 1,
      db: EMPTY,
      anchor: null,
      process: null,
      run: [],
      anchorAtOpen: null,
      copy: null,
      released: [],
      faults: 0,
    },
    *steps(world) {
      if (world.process === null) yield* opens(context, world);
      else {
        if (world.process.stage === 'opened') yield* putsFloorDown(context, world, world.process);
        else yield* serves(context, world, world.process);
        yield { label: 'the process is killed', next: { ...world, process: null } };
      }
      if (world.now < bounds.lastSlot) {
        yield { label: `slot ${world.now + 1} begins`, next: { ...world, now: world.now + 1 } };
      }
      yield* disasters(bounds, world);
    },
    broken,
    key: keyOf(bounds),
  };
}

interface Context {
  readonly guards: Guards;
  readonly bounds: BootBounds;
  readonly rules: Rules;
}

function* opens(context: Context, world: World): Iterable<Step<World>> {
  const verdict = judged(world);
  const { guards, bounds } = context;
  switch (verdict.kind) {
    case 'foreign':
      return;
    case 'trusted':
      yield opened(context, world, 'it starts', bounds.floorAtEveryStart && guards.floorAlways, null);
      return;
    case 'doubt': {
      const believed = verdict.why.includes('anchor')
        ? !guards.floorOnMissingAnchor
        : !guards.floorAfterPowerLoss;
      yield opened(context, world, `it starts in doubt: ${verdict.why}`, !believed, null);
      return;
    }
    case 'rolled-back':
      if (!guards.anchorRefusesRollback)
        yield opened(context, world, 'it starts on the old copy', false, null);
      yield opened(
        context,
        world,
        'the operator accepts the rollback',
        guards.floorOnAcceptedRollback,
        guards.floorCoversAnchor ? (world.anchor?.highest ?? null) : null,
      );
  }
}

/** The code's own judgement of the evidence. */
function judged({ db, anchor, boot }: World): EvidenceVerdict {
  const history = emptyChain(DATABASE_ID);
  const mark = (of: { generation: number; sequence: number }) => ({
    databaseId: DATABASE_ID,
    generation: BigInt(of.generation),
    sequence: BigInt(of.sequence),
    history,
    historyBase: 0n,
  });
  const host = (bootId: number) => ({ machineId: 'this', bootId: String(bootId) });
  const known = (three: Three | null) => {
    const [at, source, target] = three ?? [0, 0, 0];
    return { slot: slot(BigInt(at)), source: epoch(BigInt(source)), target: epoch(BigInt(target)) };
  };
  return judgeEvidence(
    {
      ...mark(db),
      lastHost: db.boot === null ? null : { ...host(db.boot), stoppedCleanly: db.clean },
      // What it knows is not the model's subject: the counters alone have to tell.
      highest: known(anchor?.highest ?? null),
      historyHashAt: () => null,
    },
    [
      {
        path: 'anchor',
        content:
          anchor === null
            ? 'missing'
            : { ...mark(anchor), highest: known(anchor.highest), lastAct: 0n, bootId: null, closed: false },
      },
    ],
    host(boot),
  );
}

/** Opening writes who has the database now, over the evidence of before, and brings the anchor up to date. */
function opened(
  { guards }: Context,
  world: World,
  label: string,
  doubt: boolean,
  remembered: Three | null,
): Step<World> {
  const db: Database = {
    ...world.db,
    generation: world.db.generation + 1,
    boot: world.boot,
    clean: false,
    owed: world.db.owed || (doubt && guards.doubtDurableWithOpen),
  };
  const anchor = anchorOf(db, world.anchor, remembered);
  const floorDue = doubt || db.owed;
  const process: Process = {
    stage: floorDue ? 'opened' : 'serving',
    doubt: floorDue,
    // With the debt the anchor's memory is written too, or a kill in between would lose it.
    remembered,
    floorInMemory: null,
    pending: null,
  };
  return {
    label,
    next: { ...world, db, anchor, process, run: withImage(world.run, db), anchorAtOpen: anchor },
  };
}

function* putsFloorDown({ guards }: Context, world: World, process: Process): Iterable<Step<World>> {
  const { db, now } = world;
  const from = guards.clockNeverBack ? Math.max(now, db.latestSlot) : now;
  const remembered =
    process.remembered ?? (guards.floorCoversAnchor ? (world.anchor?.highest ?? null) : null);
  const timeKnown = Math.max(now, db.latestSlot) >= world.signedAt;
  const anchorKnows = remembersAll(world.anchor?.highest ?? null, world.released);
  if (!timeKnown && !anchorKnows) return;
  const present = floorAt(guards, from);
  const floor = highest(db.floor ?? present, remembered === null ? present : highest(present, remembered));
  const durable = guards.floorIsDurable;
  const next: Database = {
    ...db,
    floor: durable ? floor : db.floor,
    owed: false,
    sequence: db.sequence + 1,
  };
  yield {
    label: `it puts the floor down: slot ${floor[0]}, source ${floor[1]}, target ${floor[2]}`,
    next: {
      ...world,
      db: next,
      anchor: anchorOf(next, world.anchor, null),
      process: {
        ...process,
        stage: 'serving',
        floorInMemory: durable ? null : floor,
        doubt: false,
        remembered: null,
      },
      run: withImage(world.run, next),
    },
  };
}

function floorAt(guards: Guards, now: number): Three {
  const floor = bootFloorAt(TWO_SLOTS, slot(BigInt(now)), guards.floorCoversTolerance ? TOLERANCE : 0n);
  const nowEpoch = Math.floor(now / 2);
  return [
    guards.floorSlot ? Number(floor.slot) : -1,
    guards.floorSource
      ? guards.floorSourceCoversTolerance
        ? Number(floor.source)
        : Math.max(0, nowEpoch - 1)
      : 0,
    guards.floorTarget ? Number(floor.target) : -1,
  ];
}

function* serves(context: Context, world: World, process: Process): Iterable<Step<World>> {
  const { guards, bounds, rules } = context;
  const { db, pending } = { ...world, pending: process.pending };
  if (pending === null) {
    for (const code of bounds.messages) {
      if (world.released.length === bounds.releases && !world.released.includes(code)) continue;
      if (!worthAsking(code, world.released) || !inTime(context, world, code)) continue;
      if (!aboveFloor(process.floorInMemory ?? db.floor, code)) continue;
      const judgement = rules.judge(db.marks, code);
      // A repeat of what is on record lets out nothing new here.
      if (judgement.kind !== 'advance') continue;
      const next: Database = {
        ...db,
        marks: judgement.marks,
        sequence: db.sequence + 1,
        latestSlot: Math.max(db.latestSlot, world.now),
      };
      yield {
        label: `it commits ${show(code)}`,
        next: {
          ...world,
          db: next,
          signedAt: Math.max(world.signedAt, world.now),
          process: { ...process, pending: { code, stage: 'committed' } },
          run: withImage(world.run, next),
        },
      };
    }
    if (world.faults < bounds.faults && bounds.kinds.some((kind) => kind.endsWith('power'))) {
      const left = { ...db, clean: true };
      yield { label: 'it stops in order', next: { ...world, db: left, process: null, run: [] } };
    }
    return;
  }
  const noted = anchorOf(db, world.anchor, null);
  const idle = { ...process, pending: null };
  if (guards.anchorBeforeRelease || pending.stage === 'anchored') {
    const out = including(world.released, pending.code);
    const after = guards.anchorBeforeRelease ? { ...world, anchor: noted } : world;
    yield {
      label: `it notes the anchor and releases ${show(pending.code)}`,
      next: { ...after, released: out, process: idle },
    };
  } else {
    const out = including(world.released, pending.code);
    yield {
      label: `it releases ${show(pending.code)}`,
      next: { ...world, released: out, process: { ...idle, pending: { ...pending, stage: 'anchored' } } },
    };
  }
}

function inTime({ guards }: Context, world: World, code: Code): boolean {
  // A clock far behind what is on record is not believed, as in `clock-guard.ts`.
  if (world.now + Number(TOLERANCE) < world.db.latestSlot) return false;
  return (
    !guards.futureGuard || checkTime(TWO_SLOTS, slot(BigInt(world.now)), TOLERANCE, message(code)) === null
  );
}

function aboveFloor(floor: Three | null, code: Code): boolean {
  if (floor === null) return true;
  const [at, source, target] = floor.map((n) => BigInt(n)) as [bigint, bigint, bigint];
  return (
    checkFloor({ slot: slot(at), source: epoch(source), target: epoch(target) }, null, message(code)) === null
  );
}

function* broken(world: World): Iterable<Broken> {
  const pair = conflict(world.released);
  if (pair !== null) yield { invariant: 'I9', what: `${show(pair[0])} and ${show(pair[1])} are out` };
}
