import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MonitorStore } from '../../../../monitor/store/index.ts';
import { at, keyOf, StoreWorld, watched, withStore } from '../../../support/store-world.ts';

const VALIDATORS = [0, 1, 2];
const EPOCHS = 7;
const WORLD = new StoreWorld(1);

type Step =
  | { readonly kind: 'watch' | 'unwatch' | 'write'; readonly v: number; readonly at: number }
  | { readonly kind: 'skip'; readonly from: number; readonly to: number; readonly reason: string };

const who = fc.constantFrom(...VALIDATORS);
const when = fc.nat(EPOCHS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('watch' as const, 'unwatch' as const), v: who, at: when }),
  fc.record({ kind: fc.constant('write' as const), v: who, at: when }),
  fc
    .record({ kind: fc.constant('skip' as const), from: when, to: when, reason: fc.constantFrom('x', 'y') })
    .filter(({ from, to }) => from <= to),
);
const steps = fc.array(step, { maxLength: 40 });

/** The same, told epoch by epoch. */
class Model {
  readonly from = new Map<number, number>();
  readonly watched = new Set<number>();
  readonly covered = new Set<string>();
  readonly skipped = new Map<number, string>();

  step(step: Step): void {
    if ('reason' in step)
      for (let epoch = step.from; epoch <= step.to; epoch += 1) this.skipped.set(epoch, step.reason);
    else if (step.kind === 'watch') {
      const before = this.watched.has(step.v) ? this.from.get(step.v)! : step.at;
      this.from.set(step.v, Math.min(before, step.at));
      this.watched.add(step.v);
    } else if (step.kind === 'unwatch') this.watched.delete(step.v);
    else this.covered.add(`${step.v} ${step.at}`);
  }

  missing(epoch: number): number[] {
    return [...this.watched]
      .filter((v) => epoch >= this.from.get(v)! && !this.covered.has(`${v} ${epoch}`))
      .sort((a, b) => a - b);
  }

  next(): number | null {
    if (this.watched.size === 0) return null;
    for (let epoch = 0; ; epoch += 1)
      if (this.missing(epoch).length > 0 && !this.skipped.has(epoch)) return epoch;
  }
}

function apply(store: MonitorStore, step: Step): void {
  if ('reason' in step) store.skip({ from: at(step.from), to: at(step.to) }, step.reason);
  else if (step.kind === 'watch') store.watch([watched(step.v)], at(step.at));
  else if (step.kind === 'unwatch') store.unwatch([step.v]);
  else store.writeEpoch(WORLD.record(step.at, [step.v]));
}

test('gaps and the next epoch are what a list of epochs says', () => {
  fc.assert(
    fc.property(steps, when, when, (list, one, other) => {
      withStore((store) => {
        const model = new Model();
        // Whoever is written must have been watched once.
        store.watch(
          VALIDATORS.map((v) => watched(v)),
          at(0),
        );
        store.unwatch(VALIDATORS);
        for (const step of list) {
          apply(store, step);
          model.step(step);
        }
        expect(store.nextEpoch()).toBe(model.next() === null ? null : at(model.next()!));
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const gaps = store.gaps(at(from), at(to));
        for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
          const found = gaps.filter((gap) => gap.from <= at(epoch) && gap.to >= at(epoch));
          const missing = epoch >= from && epoch <= to ? model.missing(epoch) : [];
          expect(found.map(({ validators, skipped }) => ({ validators, skipped }))).toEqual(
            missing.length === 0 ? [] : [{ validators: missing, skipped: model.skipped.get(epoch) ?? null }],
          );
        }
      });
    }),
    { numRuns: 80 },
  );
});

test('what comes after a range that was given up is not asked for again when it is there', () => {
  withStore((store) => {
    expect(store.nextEpoch()).toBeNull();
    store.watch([watched(0)], at(0));
    expect(store.nextEpoch()).toBe(at(0));
    for (const epoch of [2, 3, 5]) store.writeEpoch(WORLD.record(epoch, [0]));
    store.skip({ from: at(0), to: at(1) }, 'x');
    expect(store.nextEpoch()).toBe(at(4));
    store.skip({ from: at(4), to: at(4) }, 'x');
    expect(store.nextEpoch()).toBe(at(6));
    store.unwatch([0]);
    expect(store.nextEpoch()).toBeNull();
  });
});

test('a long gap of many validators is one gap', () => {
  withStore((store) => {
    const many = Array.from({ length: 500 }, (_, index) => index);
    store.watch(
      many.map((v) => watched(v)),
      at(10),
    );
    expect(store.gaps(at(0), at(100_000))).toEqual([
      { from: at(10), to: at(100_000), validators: many, skipped: null },
    ]);
    store.skip({ from: at(20), to: at(29) }, 'pruned by every node');
    expect(store.gaps(at(0), at(40)).map(({ from, to, skipped }) => [from, to, skipped])).toEqual([
      [10n, 19n, null],
      [20n, 29n, 'pruned by every node'],
      [30n, 40n, null],
    ]);
  });
});

test('a validator that changes its key, or a key its index, is of another chain', () => {
  withStore((store) => {
    store.watch([watched(1), watched(2)], at(0));
    const clash = expect.objectContaining({ code: 'MONITOR_VALIDATOR_CLASH' }) as Error;
    expect(() => store.watch([{ ...watched(1), pubkey: keyOf(9) }], at(0))).toThrow(clash);
    expect(() => store.watch([{ ...watched(9), pubkey: keyOf(1) }], at(0))).toThrow(clash);
    expect(() => store.watch([watched(3), { ...watched(2), pubkey: keyOf(1) }], at(0))).toThrow(clash);
    // Nothing of the refused list is there.
    expect(store.known().map(({ index }) => index)).toEqual([1, 2]);
    for (const bad of ['a,b', 'a|b', 'a\nb', '', 'x'.repeat(65)])
      expect(() => store.watch([watched(4, bad)], at(0))).toThrow(
        expect.objectContaining({ code: 'MONITOR_RECORD_INVALID' }) as Error,
      );
    store.watch([watched(2, 'other', ['k:v'])], at(5));
    expect(store.knownValidator(2)).toEqual({
      ...watched(2, 'other', ['k:v']),
      watchedFrom: 0n,
      watched: true,
    });
  });
});
