import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootModel } from '../../model/boot-model.ts';
import type { BootBounds } from '../../model/boot-world.ts';
import { counterexamplesPage, findings } from '../../model/counterexamples-page.ts';
import { EXPERIMENTS, MODELS, POWER, runAlone, runBehind, type ModelName } from '../../model/experiments.ts';
import { explore } from '../../model/explore.ts';
import { GUARDS, guardsWithout } from '../../model/guards.ts';
import { INVARIANTS } from '../../model/invariants.ts';

const { whole, without } = findings();

describe('with all guards nothing breaks', () => {
  it.each(Object.keys(MODELS) as ModelName[])('in the model %s', (model) => {
    const { counterexample, states } = whole(model);
    expect(counterexample).toBeNull();
    expect(states).toBeGreaterThan(100);
  });
});

describe('a guard taken out is missed', () => {
  it.each(
    EXPERIMENTS.map((experiment) => [`${experiment.remove}, ${experiment.breaks}`, experiment] as const),
  )('without %s breaks', (_name, experiment) => {
    expect(without(experiment).counterexample?.invariant).toBe(experiment.breaks);
  });

  const second = EXPERIMENTS.filter(({ behind }) => behind !== undefined);

  it.each(second.map((it) => [it.remove, it.behind, it] as const))(
    'but %s is a second line behind %s: either is enough',
    (_remove, _behind, experiment) => {
      expect(runAlone(experiment).counterexample).toBeNull();
      expect(runBehind(experiment).counterexample).toBeNull();
    },
  );

  it('which is shown of every guard', () => {
    expect(new Set(EXPERIMENTS.map(({ remove }) => remove))).toEqual(new Set(Object.keys(GUARDS)));
  });

  it('and for every invariant', () => {
    expect(new Set(EXPERIMENTS.map(({ breaks }) => breaks))).toEqual(new Set(Object.keys(INVARIANTS)));
  });
});

it('on an honest disk a power loss would need no floor', () => {
  const honest: BootBounds = { ...POWER, kinds: ['honest power'] };
  expect(explore(bootModel(guardsWithout('floorAfterPowerLoss'), honest)).counterexample).toBeNull();
});

it('docs/counterexamples.md is what the models say (node test/model/write-counterexamples.ts)', () => {
  const page = readFileSync(new URL('../../../docs/counterexamples.md', import.meta.url), 'utf8');
  expect(page).toBe(counterexamplesPage({ whole, without }));
});
