import type { Broken, Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import { conflict, including, NO_MARKS, show, worthAsking, type Code, type Marks } from './messages.ts';
import { rulesWith, type Rules } from './rules.ts';

/**
 * Moving a key by deletion: machine A deletes it and answers with its history, machine B imports both and signs. A
 * still has the keystore (a file that came back, a second copy) and is killed and started at will.
 */
export interface DeletionBounds {
  readonly messages: readonly Code[];
  readonly kills: number;
}

interface Saved {
  readonly marks: Marks;
  readonly deleted: boolean;
}

interface World {
  readonly memory: Saved;
  readonly disk: Saved;
  /** Reserved by A, in a commit that has not ended. */
  readonly inFlight: Code | null;
  readonly exported: Marks | null;
  readonly other: Marks | null;
  readonly released: readonly Code[];
  readonly kills: number;
}

export function deletionModel(guards: Guards, bounds: DeletionBounds): Model<World> {
  const rules = rulesWith(guards);
  const fresh: Saved = { marks: NO_MARKS, deleted: false };
  return {
    initial: {
      memory: fresh,
      disk: fresh,
      inFlight: null,
      exported: null,
      other: null,
      released: [],
      kills: 0,
    },
    *steps(world) {
      yield* asksA(guards, bounds, rules, world);
      yield* deletes(guards, world);
      yield* asksB(bounds, rules, world);
      if (world.kills < bounds.kills) {
        const back = { ...world, memory: world.disk, inFlight: null, kills: world.kills + 1 };
        yield { label: 'A is killed and starts again with the keystore', next: back };
      }
    },
    *broken({ released }): Iterable<Broken> {
      const pair = conflict(released);
      if (pair !== null) yield { invariant: 'I10', what: `${show(pair[0])} and ${show(pair[1])} are out` };
    },
  };
}

function* asksA(guards: Guards, bounds: DeletionBounds, rules: Rules, world: World): Iterable<Step<World>> {
  const { memory, inFlight } = world;
  if (inFlight !== null) {
    yield {
      label: `A's commit ends, it releases ${show(inFlight)}`,
      next: {
        ...world,
        disk: { ...world.disk, marks: memory.marks },
        inFlight: null,
        released: including(world.released, inFlight),
      },
    };
    return;
  }
  if (memory.deleted && guards.deletionStopsKey) return;
  for (const code of bounds.messages) {
    if (!worthAsking(code, world.released)) continue;
    const judgement = rules.judge(memory.marks, code);
    if (judgement.kind !== 'advance') continue;
    const next = { ...world, memory: { ...memory, marks: judgement.marks }, inFlight: code };
    yield { label: `A accepts ${show(code)}`, next };
  }
}

function* deletes(guards: Guards, world: World): Iterable<Step<World>> {
  const { memory, disk } = world;
  if (!memory.deleted)
    yield { label: 'A deletes the key', next: { ...world, memory: { ...memory, deleted: true } } };
  if (!memory.deleted || world.exported !== null) return;
  if (guards.deletionDrains && world.inFlight !== null) return;
  // The answer waits for the tombstone to be durable.
  const exported = guards.exportCoversReserved ? memory.marks : disk.marks;
  yield {
    label: `A answers the deletion with its history ${exported.vote ?? '(none)'}`,
    next: { ...world, disk: { ...disk, deleted: guards.tombstone }, exported },
  };
}

function* asksB(bounds: DeletionBounds, rules: Rules, world: World): Iterable<Step<World>> {
  const { exported, other } = world;
  if (other === null) {
    if (exported !== null) {
      yield {
        label: 'B imports key and history',
        next: { ...world, other: rules.merge(NO_MARKS, exported) },
      };
    }
    return;
  }
  for (const code of bounds.messages) {
    if (!worthAsking(code, [...world.released, ...(world.inFlight === null ? [] : [world.inFlight])]))
      continue;
    const judgement = rules.judge(other, code);
    if (judgement.kind !== 'advance') continue;
    yield {
      label: `B signs ${show(code)}`,
      next: { ...world, other: judgement.marks, released: including(world.released, code) },
    };
  }
}
