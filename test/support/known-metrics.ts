import { Registry } from 'prom-client';
import { createBeaconMetrics } from '../../beacon/index.ts';
import { createMonitorMetrics } from '../../monitor/metrics/index.ts';
import { createSignerMetrics } from '../../signer/metrics/signer-metrics.ts';
import { NO_PROTECTION } from '../../slashing-db/index.ts';
import { monitorState } from './monitor-filled.ts';

interface KnownMetric {
  readonly labels: ReadonlySet<string>;
  /** The daemon that gives it, by the job that the rules know it by. */
  readonly job: 'vigil-monitor' | 'vigil-signer';
}

export interface KnownMetrics {
  /** By the name of a series: a histogram has three. */
  readonly metrics: ReadonlyMap<string, KnownMetric>;
  /** Values that a label takes somewhere. */
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Labels that Prometheus itself puts on every series of a target. */
export const TARGET_LABELS = ['job', 'instance'];

/** What the registries of both daemons have: the source of docs/metrics.md. */
export async function knownMetrics(): Promise<KnownMetrics> {
  const monitor = new Registry();
  createBeaconMetrics(monitor).ofNode('one');
  createMonitorMetrics(monitor, {
    perValidatorLimit: 9,
    statusOf: () => null,
    unresolvedBlocks: () => new Map(),
  }).update(monitorState());
  const signer = createSignerMetrics({
    keyring: { pubkeys: () => [] },
    guard: { unavailable: null, clockDoubt: null, protection: NO_PROTECTION, listKeys: () => [] },
    silentKeys: () => 0,
  });
  // Of these a series is there only once something happened.
  signer.countSign('BLOCK', 'rejected', 'ANY');
  for (const stage of ['parse', 'root', 'guard_wait', 'commit', 'bls'] as const) signer.stages[stage](0);

  const metrics = new Map<string, KnownMetric>([
    ['up', { labels: new Set(), job: 'vigil-monitor' }],
    ...(await seriesOf(monitor, 'vigil-monitor')),
    ...(await seriesOf(signer.registry, 'vigil-signer')),
  ]);
  const values = new Map<string, Set<string>>([['job', new Set(['vigil-monitor', 'vigil-signer'])]]);
  for (const registry of [monitor, signer.registry]) {
    for (const { values: series } of await registry.getMetricsAsJSON()) {
      for (const [label, value] of series.flatMap(({ labels }) => Object.entries(labels)))
        values.set(label, (values.get(label) ?? new Set()).add(String(value)));
    }
  }
  return { metrics, values };
}

async function seriesOf(registry: Registry, job: KnownMetric['job']): Promise<[string, KnownMetric][]> {
  const definitions = registry.getMetricsAsArray() as unknown as { name: string; labelNames?: string[] }[];
  const labelsOf = new Map(definitions.map(({ name, labelNames }) => [name, labelNames ?? []]));
  return (await registry.getMetricsAsJSON()).flatMap(({ name, type }): [string, KnownMetric][] => {
    const labels = labelsOf.get(name) ?? [];
    const own: KnownMetric = { labels: new Set(labels), job };
    if (String(type) !== 'histogram') return [[name, own]];
    return [
      [`${name}_bucket`, { labels: new Set([...labels, 'le']), job }],
      [`${name}_sum`, own],
      [`${name}_count`, own],
    ];
  });
}
