/** A histogram's counts at one moment: how many values were at most each bound, ascending, the last of them +Inf. */
export interface Buckets {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/** How far back quantiles look, as those of Web3Signer's timers. */
const WINDOW_MS = 600_000;

/**
 * Quantiles of what a histogram took in lately, worked out when somebody asks, so that they cost the requests nothing. The
 * window begins at the latest look that is ten minutes old, so that it covers ten minutes and the time between two looks.
 */
export class HistogramQuantiles {
  readonly #nowMs: () => number;
  #looks: { readonly atMs: number; readonly counts: readonly number[] }[];

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#looks = [{ atMs: nowMs(), counts: [] }];
  }

  /** Each quantile as a value within the bucket that holds it; NaN when the window is empty. */
  look({ bounds, counts }: Buckets, quantiles: readonly number[]): number[] {
    const atMs = this.#nowMs();
    const begin = this.#looks.findLastIndex((look) => look.atMs <= atMs - WINDOW_MS);
    this.#looks = [...this.#looks.slice(Math.max(begin, 0)), { atMs, counts }];
    const before = this.#looks[0]?.counts ?? [];
    const since = counts.map((count, index) => count - (before[index] ?? 0));
    return quantiles.map((quantile) => quantileOf(bounds, since, quantile));
  }
}

/** By linear interpolation, as `histogram_quantile` of Prometheus; beyond the last bound, that bound. */
function quantileOf(bounds: readonly number[], counts: readonly number[], quantile: number): number {
  const total = counts.at(-1) ?? 0;
  if (total === 0) return NaN;
  const rank = quantile * total;
  const index = counts.findIndex((count) => count >= rank && count > 0);
  const [upper = Infinity, lower = 0] = [bounds[index], bounds[index - 1]];
  if (upper === Infinity) return lower;
  const below = counts[index - 1] ?? 0;
  const within = (counts[index] ?? 0) - below;
  return lower + ((upper - lower) * (rank - below)) / within;
}
