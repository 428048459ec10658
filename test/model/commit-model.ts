import type { Broken, Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import {
  atLeast,
  conflict,
  covers,
  including,
  NO_MARKS,
  parsed,
  show,
  worthAsking,
  type Code,
  type Marks,
} from './messages.ts';
import { rulesWith, type Rules } from './rules.ts';

/**
 * Group commit, crash, power loss and fence, for one key: check and reserve in memory, batch, commit (write, then
 * fsync), release. Two images of the database: `disk` is what processes read, `synced` what a power loss leaves.
 * One key is enough: keys share nothing but batch and fence, and two messages of one key in two batches show both.
 */
export interface CommitBounds {
  readonly messages: readonly Code[];
  /** Processes that may have the database open at once. More than one: the instance lock did not hold. */
  readonly processes: 1 | 2;
  /** Kills, power losses and failed commits together. */
  readonly faults: number;
  /** Times a process opens the database. */
  readonly starts: number;
}

interface Process {
  readonly stage: 'opening' | 'serving' | 'poisoned';
  readonly marks: Marks;
  /** Records of the open batch; a repeat has one without a watermark. */
  readonly open: readonly Code[];
  readonly waitOpen: readonly Code[];
  readonly flight: { readonly stage: 'begun' | 'written'; readonly records: readonly Code[] } | null;
  readonly waitFlight: readonly Code[];
  /** Told that they are durable; the signature may leave. */
  readonly ready: readonly Code[];
  readonly failed: boolean;
}

interface World {
  readonly processes: readonly (Process | null)[];
  /** Who raised the fence last. */
  readonly fence: number | null;
  readonly disk: Marks;
  readonly synced: Marks;
  readonly released: readonly Code[];
  readonly faults: number;
  readonly starts: number;
}

const NAMES = ['A', 'B'];

/** The record of a repeat: it is committed like any other and has no watermark. Sorts before all messages. */
const AGAIN = '!';

export function commitModel(guards: Guards, bounds: CommitBounds): Model<World> {
  const context = { guards, bounds, rules: rulesWith(guards) };
  return {
    initial: {
      processes: Array.from({ length: bounds.processes }, () => null),
      fence: null,
      disk: NO_MARKS,
      synced: NO_MARKS,
      released: [],
      faults: 0,
      starts: 0,
    },
    *steps(world) {
      for (const [i, process] of world.processes.entries()) {
        if (process === null) yield* starts(context, world, i);
        else if (process.stage === 'opening') yield finishOpening(context, world, i, process);
        else yield* serves(context, world, i, process);
      }
      yield* faults(context, world);
    },
    broken,
  };
}

interface Context {
  readonly guards: Guards;
  readonly bounds: CommitBounds;
  readonly rules: Rules;
}

const put = (world: World, i: number, process: Process | null): World => ({
  ...world,
  processes: world.processes.map((old, j) => (i === j ? process : old)),
});

function* starts({ guards, bounds }: Context, world: World, i: number): Iterable<Step<World>> {
  if (world.starts === bounds.starts) return;
  const process: Process = {
    stage: 'opening',
    marks: world.disk,
    open: [],
    waitOpen: [],
    flight: null,
    waitFlight: [],
    ready: [],
    failed: false,
  };
  const next = put({ ...world, starts: world.starts + 1 }, i, process);
  if (!guards.fenceBeforeLoad) yield { label: `${NAMES[i]} starts and reads the watermarks`, next };
  else yield { label: `${NAMES[i]} starts and raises the fence`, next: raiseFence(guards, next, i) };
}

function finishOpening({ guards }: Context, world: World, i: number, process: Process): Step<World> {
  const served: Process = { ...process, stage: 'serving' };
  if (!guards.fenceBeforeLoad) {
    return {
      label: `${NAMES[i]} raises the fence and serves`,
      next: raiseFence(guards, put(world, i, served), i),
    };
  }
  return {
    label: `${NAMES[i]} reads the watermarks and serves`,
    next: put(world, i, { ...served, marks: world.disk }),
  };
}

const raiseFence = (guards: Guards, world: World, i: number): World => ({
  ...world,
  fence: i,
  synced: guards.openSyncs ? world.disk : world.synced,
});

function* serves(context: Context, world: World, i: number, process: Process): Iterable<Step<World>> {
  const name = NAMES[i];
  yield* asks(context, world, i, process);
  if (process.flight === null && process.open.length > 0) {
    const next: Process = {
      ...process,
      flight: { stage: 'begun', records: process.open },
      waitFlight: process.waitOpen,
      open: [],
      waitOpen: [],
    };
    yield { label: `${name} begins a commit`, next: put(world, i, next) };
  }
  if (process.flight?.stage === 'begun') yield* writes(context, world, i, process, process.flight.records);
  if (process.flight?.stage === 'written') {
    const next = acknowledge(context, process);
    yield { label: `${name} syncs and answers`, next: put({ ...world, synced: world.disk }, i, next) };
  }
  for (const code of process.ready) {
    const next = put(world, i, { ...process, ready: process.ready.filter((other) => other !== code) });
    yield {
      label: `${name} releases ${show(code)}`,
      next: { ...next, released: including(world.released, code) },
    };
  }
}

function* asks(context: Context, world: World, i: number, process: Process): Iterable<Step<World>> {
  const { bounds, rules } = context;
  if (process.stage === 'poisoned') return;
  const { waitOpen, waitFlight, ready, open } = process;
  for (const code of bounds.messages) {
    if (!worthAsking(code, [...world.released, ...waitOpen, ...waitFlight, ...ready])) continue;
    const judgement = rules.judge(process.marks, code);
    // Only where memory does not rise first can the same record come twice, and then it changes nothing.
    if (judgement.kind === 'refused' || open.includes(code)) continue;
    const next =
      judgement.kind === 'repeat'
        ? repeats(context, process, code)
        : advances(context, process, code, judgement.marks);
    yield {
      label: `${NAMES[i]} accepts ${show(code)}${judgement.kind === 'repeat' ? ' again' : ''}`,
      next: put(world, i, next),
      ...(process.failed && { breaks: { invariant: 'I7', what: 'accepted after a failed commit' } }),
    };
  }
}

function advances({ guards }: Context, process: Process, code: Code, marks: Marks): Process {
  const next = {
    ...process,
    marks: guards.reserveInMemoryFirst ? marks : process.marks,
    open: [...process.open, code],
  };
  if (!guards.durableBeforeRelease) return { ...next, ready: including(process.ready, code) };
  return { ...next, waitOpen: including(process.waitOpen, code) };
}

function repeats({ guards }: Context, process: Process, code: Code): Process {
  const { open, flight, waitOpen, waitFlight, ready } = process;
  if (!guards.repeatWaitsForDurability) return { ...process, ready: including(ready, code) };
  if (guards.repeatCommits) {
    const records = [AGAIN, ...open.filter((record) => record !== AGAIN)];
    return { ...process, open: records, waitOpen: including(waitOpen, code) };
  }
  if (open.length > 0) return { ...process, waitOpen: including(waitOpen, code) };
  if (flight !== null) return { ...process, waitFlight: including(waitFlight, code) };
  return { ...process, ready: including(ready, code) };
}

function* writes(
  context: Context,
  world: World,
  i: number,
  process: Process,
  records: readonly Code[],
): Iterable<Step<World>> {
  const { guards } = context;
  const fenced = world.fence !== i;
  const rises = risesOver(world.disk, records);
  if ((fenced && guards.fenceAtCommit) || (!rises && guards.storageOnlyRises)) {
    yield {
      label: `${NAMES[i]}'s commit is refused by the ${fenced ? 'fence' : 'storage'}`,
      next: put(world, i, failed(context, world, process)),
    };
    return;
  }
  const disk = records.reduce(applied, world.disk);
  const written: Process = { ...process, flight: { stage: 'written', records } };
  const next = guards.syncBeforeAck ? written : acknowledge(context, written);
  yield {
    label: `${NAMES[i]} writes ${records.map((r) => (r === AGAIN ? 'no watermark' : show(r))).join(', ')}`,
    next: put({ ...world, disk }, i, next),
    ...(fenced && { breaks: { invariant: 'I6', what: `${NAMES[i]} commits after the other has opened` } }),
    ...(!atLeast(disk, world.disk) && { breaks: { invariant: 'I3', what: 'a commit lowers a watermark' } }),
  };
}

function risesOver(disk: Marks, records: readonly Code[]): boolean {
  let marks = disk;
  for (const code of records) {
    if (code !== AGAIN && !rises(marks, code)) return false;
    marks = applied(marks, code);
  }
  return true;
}

/** The condition of the guarded upsert. */
function rises({ vote, block }: Marks, code: Code): boolean {
  const it = parsed(code);
  const past = it.kind === 'block' ? block : vote;
  if (past === null) return true;
  const at = parsed(past);
  if (it.kind === 'block') return at.kind === 'block' && it.slot > at.slot;
  return at.kind === 'attestation' && it.source >= at.source && it.target > at.target;
}

function applied(disk: Marks, code: Code): Marks {
  if (code === AGAIN) return disk;
  return parsed(code).kind === 'block' ? { ...disk, block: code } : { ...disk, vote: code };
}

function acknowledge({ guards }: Context, process: Process): Process {
  const answered = guards.ackOwnBatchOnly ? process.waitFlight : [...process.waitFlight, ...process.waitOpen];
  return {
    ...process,
    marks: guards.reserveInMemoryFirst
      ? process.marks
      : process.flight!.records.reduce(applied, process.marks),
    flight: null,
    waitFlight: [],
    waitOpen: guards.ackOwnBatchOnly ? process.waitOpen : [],
    ready: answered.reduce(including, process.ready),
  };
}

/** All that wait are told so; the records of the failed commit may be on disk all the same. */
const failed = ({ guards }: Context, world: World, process: Process): Process => ({
  ...process,
  stage: guards.poisonAfterFailedCommit ? 'poisoned' : process.stage,
  marks: guards.neverLowerMemory ? process.marks : world.synced,
  open: [],
  waitOpen: [],
  flight: null,
  waitFlight: [],
  failed: true,
});

function* faults(context: Context, world: World): Iterable<Step<World>> {
  if (world.faults === context.bounds.faults) return;
  const hit = { ...world, faults: world.faults + 1 };
  for (const [i, process] of world.processes.entries()) {
    if (process === null) continue;
    yield { label: `${NAMES[i]} is killed`, next: put(hit, i, null) };
    if (process.flight === null) continue;
    const when = process.flight.stage === 'begun' ? 'before it is written' : 'after it was written';
    yield {
      label: `${NAMES[i]}'s commit fails ${when}`,
      next: put(hit, i, failed(context, world, process)),
    };
  }
  const dark = { ...hit, processes: world.processes.map(() => null), fence: null };
  yield { label: 'power is lost, with all that was not synced', next: { ...dark, disk: world.synced } };
  yield { label: 'power is lost, but all reached the disk', next: { ...dark, synced: world.disk } };
}

function* broken(world: World): Iterable<Broken> {
  const pair = conflict(world.released);
  if (pair !== null) yield { invariant: 'I2', what: `${show(pair[0])} and ${show(pair[1])} are out` };
  const lost = world.released.find((code) => !covers(world.synced, code));
  if (lost !== undefined) yield { invariant: 'I1', what: `${show(lost)} is out and not durable` };
  for (const [i, process] of world.processes.entries()) {
    const early = process?.ready.find((code) => !covers(world.synced, code));
    if (early !== undefined) yield { invariant: 'I5', what: `${show(early)} was told it is durable` };
    const serving = world.fence === i && process?.stage === 'serving';
    if (serving && !atLeast(process.marks, world.disk)) {
      yield { invariant: 'I4', what: `the memory of ${NAMES[i]} is below the disk` };
    }
  }
}
