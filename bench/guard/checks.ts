import { benchKey, openBenchGuard, vote, withFolder } from '../support/bench-guard.ts';
import { median } from '../support/median.ts';

export interface ChecksResult {
  readonly batch: number;
  readonly delayMs: number;
  /** Checks a second, median of the trials. */
  readonly perSecond: number;
  readonly lowest: number;
  readonly highest: number;
  /** Of the rate at which the disk alone would take batches of this size; null for the disk as it is. */
  readonly ofIdeal: number | null;
}

const TRIALS = 5;
const TRIAL_MS = 700;

/** `batch` votes of as many keys asked for at once, each durable before it counts, again and again. */
export function measureChecks(batch: number, delayMs: number): Promise<ChecksResult> {
  return withFolder(async (folder) => {
    const guard = await openBenchGuard(folder, delayMs);
    const keys = Array.from({ length: batch }, (_, n) => benchKey(n + 1));
    await Promise.all(keys.map((key) => guard.admitKey(key, false)));
    const rates: number[] = [];
    let target = 1;
    for (let trial = 0; trial <= TRIALS; trial += 1) {
      const start = performance.now();
      let checks = 0;
      while (performance.now() - start < TRIAL_MS) {
        const message = vote((target += 1));
        const outcomes = await Promise.all(
          keys.map((key) => guard.release(key, message, () => Promise.resolve(1))),
        );
        checks += outcomes.filter(({ kind }) => kind === 'released').length;
      }
      // The first trial warms up.
      if (trial > 0) rates.push((checks * 1000) / (performance.now() - start));
    }
    await guard.close();
    const perSecond = median(rates);
    return {
      batch,
      delayMs,
      perSecond,
      lowest: Math.min(...rates),
      highest: Math.max(...rates),
      ofIdeal: delayMs === 0 ? null : perSecond / ((batch * 1000) / delayMs),
    };
  });
}
