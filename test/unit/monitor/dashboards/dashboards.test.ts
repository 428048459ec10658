import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { ALERTS } from '../../../../monitor/alerting/index.ts';
import { DASHBOARDS } from '../../../../monitor/dashboards/index.ts';
import { labelsIn, problemsOf } from '../../../support/judge-query.ts';
import { knownMetrics, type KnownMetrics } from '../../../support/known-metrics.ts';

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

interface Json {
  readonly uid: string;
  readonly title: string;
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
  readonly panels: readonly Panel[];
}

const folder = fileURLToPath(new URL('../../../../dashboards/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string): Json => JSON.parse(readFileSync(folder + name, 'utf8')) as Json;

const daemons = await knownMetrics();
/** Prometheus itself tells of alerts. */
const known: KnownMetrics = {
  metrics: new Map([
    ...daemons.metrics,
    [
      'ALERTS',
      { labels: new Set(['alertname', 'alertstate', 'severity', 'area', 'group']), job: 'vigil-monitor' },
    ],
  ]),
  values: new Map([
    ...daemons.values,
    ['alertname', new Set(ALERTS.map(({ alert }) => alert))],
    ['alertstate', new Set(['pending', 'firing'])],
  ]),
};

/** As Prometheus gets it from Grafana. */
const filledIn = (expr: string): string => expr.replaceAll('$__rate_interval', '5m');

test('the folder has the dashboards, and no other', () => {
  expect(files.toSorted()).toEqual(DASHBOARDS.map(({ uid }) => `${uid}.json`).toSorted());
  const ids = files.map((name) => read(name).uid);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(files)('%s', (name) => {
  const { panels, templating } = read(name);
  const shown = panels.filter(({ type }) => type !== 'row');
  const variables = templating.list.map((variable) => variable.name);

  it.each(shown.map((panel) => [panel.title, panel] as const))('%s', (_title, panel) => {
    expect(panel.description?.length).toBeGreaterThan(5);
    expect(panel.targets?.length).toBeGreaterThan(0);
    for (const { expr, legendFormat } of panel.targets!) {
      expect(problemsOf(filledIn(expr), known), expr).toEqual([]);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect([...labelsIn(filledIn(expr), known)], expr).toContain(label);
      for (const [, variable = ''] of expr.matchAll(/\$(?!__)(\w+)/g)) expect(variables).toContain(variable);
    }
    expect(new Set(panel.targets!.map(({ refId }) => refId)).size).toBe(panel.targets!.length);
  });

  it('offers choices of labels that there are', () => {
    for (const { definition } of templating.list) {
      if (definition === undefined) continue;
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
      expect(problemsOf(`${metric}{${label}="$x"}`, known), definition).toEqual([]);
    }
  });

  it('has panels side by side, inside the grid, each with a number of its own', () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x} ${y}`), title).toBe(false);
          taken.add(`${x} ${y}`);
        }
      }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

test('the provisioning files are YAML with what Grafana wants', () => {
  const provisioning = (path: string): unknown =>
    parse(readFileSync(`${folder}provisioning/${path}/vigil.yaml`, 'utf8'));
  expect(provisioning('datasources')).toMatchObject({ apiVersion: 1, datasources: [{ type: 'prometheus' }] });
  expect(provisioning('dashboards')).toMatchObject({ apiVersion: 1, providers: [{ type: 'file' }] });
});

test('every metric of the daemons is on a dashboard or in an alert', () => {
  const used = [...files.map((name) => readFileSync(folder + name, 'utf8')), rulesText()].join('\n');
  const missing = [...daemons.metrics.keys()].filter(
    (metric) =>
      /^vigil_(signer|guard|clock|access|tls|beacon|monitor)_/.test(metric) &&
      !NOT_SHOWN.has(metric) &&
      !used.includes(metric),
  );
  expect(missing).toEqual([]);
});

/** Sums and counts of histograms, and what others say better. */
const NOT_SHOWN: ReadonlySet<string> = new Set([
  ...['vigil_signer_stage_seconds_sum', 'vigil_signer_sign_request_seconds_sum'],
  ...['vigil_signer_sign_request_seconds_count', 'vigil_beacon_request_seconds_sum'],
  ...['vigil_beacon_request_seconds_count', 'vigil_monitor_healthy', 'vigil_monitor_head_slot'],
  ...['vigil_monitor_attestations_worse_than_network', 'vigil_monitor_validator_balance_gwei'],
  ...['vigil_monitor_validator_attestations_total'],
]);

function rulesText(): string {
  return readFileSync(`${folder}../monitor/alerting/files/vigil.rules.yml`, 'utf8');
}
