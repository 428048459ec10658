import { Summary, type Histogram, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { HistogramQuantiles, type Buckets } from './histogram-quantiles.ts';

/** Those of Web3Signer's timers that a bucket can tell apart. */
const QUANTILES = [0.5, 0.9, 0.95, 0.99, 1];

interface Options {
  readonly name: string;
  readonly help: string;
  readonly histogram: Pick<Histogram, 'get'>;
  /** Which of the histogram's children count. */
  readonly wanted: (labels: Partial<Record<string, string | number>>) => boolean;
  readonly nowMs: () => number;
}

/**
 * A histogram told once more as a summary, when Prometheus asks. Observing a summary of its own would cost each request
 * as much as checking it does.
 */
export class DerivedSummary extends Summary {
  readonly #options: Options;
  readonly #quantiles: HistogramQuantiles;

  constructor(options: Options) {
    // Registered by whoever makes it: the registry asks a metric that is complete.
    super({ name: options.name, help: options.help, percentiles: QUANTILES, registers: [] });
    this.#options = options;
    this.#quantiles = new HistogramQuantiles(options.nowMs);
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const { name, histogram, wanted } = this.#options;
    const { values } = await histogram.get();
    const ours = values.filter(({ labels }) => wanted(labels));
    const sumOf = (part: 'sum' | 'count'): number =>
      ours
        .filter(({ metricName }) => metricName?.endsWith(`_${part}`) === true)
        .reduce((sum, { value }) => sum + value, 0);
    const quantiles = this.#quantiles.look(bucketsOf(ours), QUANTILES);
    const told: MetricValue<string>[] = [
      ...quantiles.map((value, index) => ({ labels: { quantile: QUANTILES[index] ?? 0 }, value })),
      ...(['sum', 'count'] as const).map((part) => ({
        ...{ metricName: `${name}_${part}`, labels: {}, value: sumOf(part) },
      })),
    ];
    return { ...(await super.get()), values: told };
  }
}

/** The children added up, bound by bound. */
function bucketsOf(
  values: readonly { labels: Partial<Record<string, string | number>>; value: number }[],
): Buckets {
  const counts = new Map<number, number>();
  for (const { labels, value } of values) {
    if (labels['le'] === undefined) continue;
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  const bounds = [...counts.keys()].sort((one, other) => one - other);
  return { bounds, counts: bounds.map((bound) => counts.get(bound) ?? 0) };
}
