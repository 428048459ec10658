import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { defaultConcurrency, inParallel } from '../../../../signer/keystore/load-in-parallel.ts';

describe('inParallel', () => {
  it('never runs more than it may, and as many as it may', async () => {
    const open: (() => void)[] = [];
    const work = (item: number) => new Promise<number>((resolve) => open.push(() => resolve(item)));
    const results = inParallel([0, 1, 2, 3, 4], 2, work);
    const seen: (number | undefined)[] = [];
    for (let step = 0; step < 5; step += 1) {
      const next = results.next();
      expect(open.length).toBe(Math.min(step + 2, 5));
      open[step]!();
      seen.push((await next).value ?? undefined);
    }
    expect(await results.next()).toEqual({ done: true, value: undefined });
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('yields in the order in which results come', async () => {
    const gate = Promise.withResolvers<string>();
    const results = inParallel(['slow', 'fast'], 2, (item) =>
      item === 'slow' ? gate.promise : Promise.resolve(item),
    );
    expect((await results.next()).value).toBe('fast');
    gate.resolve('slow');
    expect((await results.next()).value).toBe('slow');
  });
});

describe('defaultConcurrency', () => {
  it('is at least one, at most the cores and what memory allows', () => {
    const chosen = defaultConcurrency();
    expect(chosen).toBeGreaterThanOrEqual(1);
    expect(chosen).toBeLessThanOrEqual(availableParallelism());
  });
});
