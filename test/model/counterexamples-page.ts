import { EXPERIMENTS, MODELS, run, type Experiment, type ModelName } from './experiments.ts';
import type { Exploration } from './explore.ts';
import { GUARDS, guardsWithout } from './guards.ts';
import { INVARIANTS } from './invariants.ts';

/** Everything that is explored, each once however often it is asked for. */
export interface Findings {
  /** The model with all its guards. */
  readonly whole: (model: ModelName) => Exploration;
  readonly without: (experiment: Experiment) => Exploration;
}

export function findings(): Findings {
  return {
    whole: once((model: ModelName) => MODELS[model].explore(guardsWithout())),
    without: once(run),
  };
}

function once<A, R>(compute: (of: A) => R): (of: A) => R {
  const known = new Map<A, R>();
  return (of) => {
    const result = known.get(of) ?? compute(of);
    known.set(of, result);
    return result;
  };
}

/** docs/counterexamples.md */
export function counterexamplesPage({ whole, without }: Findings): string {
  const models = (Object.keys(MODELS) as ModelName[]).map((name) => {
    const { states, steps, depth } = whole(name);
    const { title, bounds } = MODELS[name];
    return `| ${[`\`${name}\``, title, bounds, states, steps, depth].join(' | ')} |`;
  });
  const first = EXPERIMENTS.filter(({ behind }) => behind === undefined);
  const second = EXPERIMENTS.filter(({ behind }) => behind !== undefined);
  return [
    '# Counterexamples',
    '<!-- Made by `node test/model/write-counterexamples.ts`; do not edit. -->',
    '',
    'The models in `test/model/` are explored exhaustively within their bounds, at every test run. With all guards in place',
    'no invariant breaks. With any one of them taken out one does: below is a shortest way there for each. What the',
    'invariants mean for the code is in [safety-argument.md](safety-argument.md).',
    '',
    'A vote is written `source->target version`, a block `slot version`: `vote 1->2 a` and `vote 1->2 b` differ in what they',
    'vote for.',
    '',
    '## The models, with all guards',
    '',
    '| model | what | bounds | states | steps | depth |',
    '| --- | --- | --- | --- | --- | --- |',
    ...models,
    '',
    '## The invariants',
    '',
    ...Object.entries(INVARIANTS).map(([name, words]) => `- **${name}** ${words}.`),
    '',
    '## One guard taken out',
    '',
    ...first.flatMap((experiment) => section(experiment, without(experiment))),
    '## Second lines',
    '',
    'Each of these stands behind another guard, and either is enough: with one of the two taken out what they hold still',
    'holds, which is explored too. The trace is that of both taken out.',
    '',
    ...second.flatMap((experiment) => section(experiment, without(experiment))),
  ].join('\n');
}

function section({ remove, behind, model }: Experiment, { counterexample }: Exploration): string[] {
  if (counterexample === null) throw new Error(`${remove} can go: nothing happens`);
  const { invariant, what, trace } = counterexample;
  return [
    `### Without ${remove}: ${invariant}`,
    '',
    `${sentence(GUARDS[remove])} Model \`${model}\`${behind === undefined ? '' : `, without \`${behind}\` too`}.`,
    '',
    ...trace.map((label, i) => `${i + 1}. ${label}`),
    '',
    sentence(what),
    '',
  ];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
