import { KeyHistory } from '../../slashing-db/interchange/key-history.ts';
import type { Broken, Model, Step } from './explore.ts';
import type { Guards } from './guards.ts';
import {
  atLeast,
  codesOf,
  conflict,
  including,
  NO_MARKS,
  parsed,
  rootOf,
  show,
  slashable,
  worthAsking,
  type Code,
  type Marks,
} from './messages.ts';
import { rulesWith, type Rules } from './rules.ts';

/**
 * The rules and the import, for one key: any message, any file of the given entries, in any order. A commit is one
 * step and the storage's own rule is left out, so that what is shown here is shown of the rules alone.
 */
export interface ImportBounds {
  readonly messages: readonly Code[];
  /** Each a file: its entries. */
  readonly files: readonly (readonly Code[])[];
  readonly imports: number;
}

interface World {
  readonly marks: Marks;
  readonly released: readonly Code[];
  readonly facts: readonly Code[];
  readonly imports: number;
}

export function importModel(guards: Guards, bounds: ImportBounds): Model<World> {
  const rules = rulesWith(guards);
  return {
    initial: { marks: NO_MARKS, released: [], facts: [], imports: 0 },
    *steps(world) {
      yield* asks(rules, bounds, world);
      if (world.imports < bounds.imports) {
        for (const file of bounds.files) yield imports(guards, rules, bounds, world, file);
      }
      yield exports(guards, rules, world);
    },
    *broken({ released }): Iterable<Broken> {
      const pair = conflict(released);
      if (pair !== null) yield { invariant: 'I2', what: `${show(pair[0])} and ${show(pair[1])} are out` };
    },
  };
}

function* asks(rules: Rules, bounds: ImportBounds, world: World): Iterable<Step<World>> {
  for (const code of bounds.messages) {
    if (!worthAsking(code, [...world.released, ...world.facts])) continue;
    const judgement = rules.judge(world.marks, code);
    if (judgement.kind === 'refused') continue;
    const marks = judgement.kind === 'advance' ? judgement.marks : world.marks;
    const against = world.facts.find((fact) => slashable(fact, code));
    yield {
      label: `signs ${show(code)}`,
      next: { ...world, marks, released: including(world.released, code) },
      ...(against !== undefined && {
        breaks: { invariant: 'I2', what: `${show(code)} is out, against the imported ${show(against)}` },
      }),
    };
  }
}

function imports(
  guards: Guards,
  rules: Rules,
  bounds: ImportBounds,
  world: World,
  file: readonly Code[],
): Step<World> {
  const history = fold(guards, file);
  const marks = merged(guards, rules, world.marks, history);
  const permitted = bounds.messages.find(
    (code) =>
      rules.judge(world.marks, code).kind === 'refused' && rules.judge(marks, code).kind !== 'refused',
  );
  const lowered = !atLeast(marks, world.marks);
  const what = lowered
    ? 'the import lowers a watermark'
    : `${show(permitted ?? file[0]!)} was refused before`;
  return {
    label: `imports ${file.map(show).join(' and ')}`,
    next: { ...world, marks, facts: file.reduce(including, world.facts), imports: world.imports + 1 },
    ...((lowered || permitted !== undefined) && { breaks: { invariant: lowered ? 'I3' : 'I8', what } }),
  };
}

/** The own export, imported again. */
function exports(guards: Guards, rules: Rules, { marks, ...world }: World): Step<World> {
  const entries = [marks.vote, marks.block].filter((code) => code !== null);
  const after = entries.length === 0 ? marks : merged(guards, rules, marks, fold(guards, entries));
  const changed = after.vote !== marks.vote || after.block !== marks.block;
  return {
    label: 'imports its own export',
    next: { ...world, marks: after },
    ...(changed && { breaks: { invariant: 'I8', what: 'its own export changed it' } }),
  };
}

/** As `import-interchange` folds the entries of one key. */
export function fold(guards: Guards, file: readonly Code[]): Marks {
  const history = new KeyHistory();
  let top: { source: number; target: number } | null = null;
  for (const code of file) {
    const it = parsed(code);
    if (it.kind === 'block') history.addBlock(BigInt(it.slot), rootOf(it.root));
    else if (guards.importByComponent)
      history.addAttestation(BigInt(it.source), BigInt(it.target), rootOf(it.root));
    else if (top === null || it.target > top.target) top = it;
  }
  if (top !== null) history.addAttestation(BigInt(top.source), BigInt(top.target), null);
  return codesOf(history.watermarks());
}

function merged(guards: Guards, rules: Rules, ours: Marks, theirs: Marks): Marks {
  if (!guards.importMergesMax) return { vote: theirs.vote ?? ours.vote, block: theirs.block ?? ours.block };
  const marks = rules.merge(ours, theirs);
  if (guards.importNullsChangedRoot) return marks;
  const vote = withRoot(marks.vote, ours.vote);
  const block = withRoot(marks.block, ours.block);
  return { vote, block };
}

/** The root of before, kept although the watermark moved or the file says otherwise. */
function withRoot(now: Code | null, before: Code | null): Code | null {
  return now === null || before === null ? now : now.slice(0, -1) + before.slice(-1);
}
