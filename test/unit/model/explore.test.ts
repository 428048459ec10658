import { describe, expect, it } from 'vitest';
import { explore, type Model } from '../../model/explore.ts';

/** Two jugs of five and three litres; what is wanted is never to have exactly four. */
type Jugs = readonly [number, number];

const jugs: Model<Jugs> = {
  initial: [0, 0],
  *steps([five, three]) {
    yield { label: 'fill five', next: [5, three] };
    yield { label: 'fill three', next: [five, 3] };
    yield { label: 'empty five', next: [0, three] };
    yield { label: 'empty three', next: [five, 0] };
    const over = Math.min(five, 3 - three);
    yield { label: 'pour five', next: [five - over, three + over] };
    const back = Math.min(three, 5 - five);
    yield { label: 'pour three', next: [five + back, three - back] };
  },
  *broken([five]) {
    if (five === 4) yield { invariant: 'NOT_FOUR', what: 'four litres' };
  },
};

describe('the explorer', () => {
  it('does not miss a violation, and finds a shortest way to it', () => {
    expect(explore(jugs).counterexample).toEqual({
      invariant: 'NOT_FOUR',
      what: 'four litres',
      trace: ['fill five', 'pour five', 'empty three', 'pour five', 'fill five', 'pour five'],
    });
  });

  it('visits every reachable state once when nothing breaks', () => {
    // One jug is always full or empty: 4 states with both so, 8 with the five between, 4 with the three between.
    expect(explore(jugs, { against: [] })).toMatchObject({ states: 16, steps: 96, counterexample: null });
  });

  it('reports what only a step shows, with that step at the end', () => {
    const model: Model<number> = {
      initial: 0,
      *steps(n) {
        if (n < 2) yield { label: `to ${n + 1}`, next: n + 1 };
        else yield { label: 'back', next: 0, breaks: { invariant: 'RISES', what: 'it fell' } };
      },
      broken: () => [],
    };
    expect(explore(model).counterexample?.trace).toEqual(['to 1', 'to 2', 'back']);
  });

  it('is an error, not a pass, when the model does not end', () => {
    const endless: Model<number> = {
      initial: 0,
      *steps(n) {
        yield { label: 'on', next: n + 1 };
      },
      broken: () => [],
    };
    expect(() => explore(endless, { maxStates: 1000 })).toThrow('more than 1000 states');
  });
});
