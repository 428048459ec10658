/**
 * Explicit-state exploration, breadth first: every state that can be reached is visited once, so "no violation" holds
 * for all interleavings within the bounds of the model, and the first violation found is a shortest one.
 */

/** A property that a state or a step lacks, by its name in `invariants.ts`. */
export interface Broken {
  readonly invariant: string;
  readonly what: string;
}

export interface Step<S> {
  readonly label: string;
  readonly next: S;
  /** For what only the step shows, not the state after it: a commit of a fenced process, a refused repeat. */
  readonly breaks?: Broken;
}

export interface Model<S> {
  readonly initial: S;
  readonly steps: (state: S) => Iterable<Step<S>>;
  /** What is wrong with a state in itself. */
  readonly broken: (state: S) => Iterable<Broken>;
  /** Equal exactly for states that cannot be told apart by what may follow. Default: the whole state. */
  readonly key?: (state: S) => string;
}

export interface Counterexample extends Broken {
  readonly trace: readonly string[];
}

export interface Exploration {
  readonly states: number;
  readonly steps: number;
  /** Length of the longest shortest path. */
  readonly depth: number;
  readonly counterexample: Counterexample | null;
}

export interface ExploreOptions {
  /** Look for these invariants only. Default: all. */
  readonly against?: readonly string[];
  /** More states than this are an error: a model that does not end proves nothing. */
  readonly maxStates?: number;
}

interface Visit<S> {
  /** Dropped once its steps are taken. */
  state: S | null;
  readonly parent: number;
  readonly label: string;
  readonly depth: number;
}

export function explore<S>(model: Model<S>, options: ExploreOptions = {}): Exploration {
  const { against, maxStates = 500_000 } = options;
  const key = model.key ?? JSON.stringify;
  const matters = ({ invariant }: Broken) => against === undefined || against.includes(invariant);
  const visits: Visit<S>[] = [{ state: model.initial, parent: -1, label: '', depth: 0 }];
  const seen = new Set([key(model.initial)]);
  let steps = 0;
  const report = (found: Counterexample | null): Exploration => ({
    states: visits.length,
    steps,
    depth: visits.at(-1)?.depth ?? 0,
    counterexample: found,
  });

  for (let at = 0; at < visits.length; at += 1) {
    const visit = visits[at]!;
    const state = visit.state!;
    visit.state = null;
    for (const { label, next, breaks } of model.steps(state)) {
      steps += 1;
      if (breaks !== undefined && matters(breaks)) {
        return report({ ...breaks, trace: [...pathTo(visits, at), label] });
      }
      const nextKey = key(next);
      if (seen.has(nextKey)) continue;
      seen.add(nextKey);
      visits.push({ state: next, parent: at, label, depth: visit.depth + 1 });
      for (const found of model.broken(next)) {
        if (matters(found)) return report({ ...found, trace: pathTo(visits, visits.length - 1) });
      }
      if (visits.length > maxStates) throw new Error(`more than ${maxStates} states: tighten the bounds`);
    }
  }
  return report(null);
}

function pathTo(visits: readonly Visit<unknown>[], end: number): string[] {
  const labels: string[] = [];
  for (let at = end; at > 0; at = visits[at]!.parent) labels.unshift(visits[at]!.label);
  return labels;
}
