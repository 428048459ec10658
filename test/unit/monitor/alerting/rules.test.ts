import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import {
  ALERTS,
  installSet,
  MAINNET_TIME,
  RECORDING_GROUP,
  renderAlertmanager,
  RULES_FILE,
  runbookPage,
  type Daemon,
} from '../../../../monitor/alerting/index.ts';
import { labelsIn, problemsOf } from '../../../support/judge-query.ts';
import { knownMetrics } from '../../../support/known-metrics.ts';
import { readQuery } from '../../../support/promql.ts';

const known = await knownMetrics();
const time = MAINNET_TIME;
const runbooks = fileURLToPath(new URL('../../../../docs/runbooks/', import.meta.url));

describe('the judge of queries', () => {
  test.each([
    ['up ==', 'at '],
    ['vigil_guard_avialable == 0', 'is no metric'],
    ['vigil_beacon_node_truth{nodes="a"}', 'has no label nodes'],
    ['vigil_signer_sign_requests_total{reason="DOUBLE_VOTES"}', 'reason is never DOUBLE_VOTES'],
    ['vigil_signer_sign_requests_total{reason=~"DOUBLE_VOTE|SURROUND"}', 'reason is never SURROUND'],
    ['sum by (nodes) (vigil_beacon_node_truth)', 'nothing has a label nodes'],
    ['vigil:nothing:ratio', 'is no metric'],
  ])('%s: %s', (expr, problem) => {
    expect(problemsOf(expr, known)).toEqual([expect.stringContaining(problem)]);
  });
});

describe.each(RECORDING_GROUP.rules)('$record', ({ expr, record }) => {
  it('parses, and asks for what there is', () => {
    expect(problemsOf(expr(time), known)).toEqual([]);
  });
  it('is read by an alert or a dashboard', () => {
    const readers = [
      ...ALERTS.map((alert) => alert.expr(time)),
      ...readdirSync(new URL('../../../../dashboards/', import.meta.url))
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFileSync(new URL(`../../../../dashboards/${name}`, import.meta.url), 'utf8')),
    ];
    expect(readers.some((text) => text.includes(record))).toBe(true);
  });
});

describe.each(ALERTS)('$alert', ({ alert, expr, of, summary, description, severity, forEpochs }) => {
  it('parses, and asks for metrics, labels and values that there are', () => {
    expect(problemsOf(expr(time), known)).toEqual([]);
  });

  it('has texts with labels that it has, and no other template', () => {
    const labels = labelsIn(expr(time), known);
    for (const text of [summary, description]) {
      for (const [, inside = ''] of text.matchAll(/\{\{(.*?)\}\}/g)) {
        const label = /^ \$labels\.(\w+) $/.exec(inside)?.[1];
        if (label === undefined) expect(inside).toMatch(/^ \$value( \| humanize(Percentage|Duration))? $/);
        else expect([...labels]).toContain(label);
      }
    }
    expect(summary.length).toBeLessThan(120);
    expect(description.length).toBeGreaterThan(summary.length / 2);
  });

  it('reads metrics of the daemon that it says', () => {
    const jobs = readQuery(expr(time)).selectors.flatMap(({ metric, matchers }) =>
      metric === 'up'
        ? matchers.map(({ value }) => value)
        : (known.metrics.get(metric)?.job ??
          `vigil-${RECORDING_GROUP.rules.find(({ record }) => record === metric)?.of}`),
    );
    expect([...new Set(jobs)]).toEqual(of === null ? [] : [`vigil-${of}`]);
  });

  it('has a runbook: meaning, confirming, doing, not doing', () => {
    const page = readFileSync(runbooks + runbookPage(alert), 'utf8');
    expect(page.startsWith(`# ${alert}\n`)).toBe(true);
    expect(page).toContain(
      `Severity: ${severity}. Told ${forEpochs === 0 ? 'at once' : `after ${forEpochs} epoch${forEpochs === 1 ? '' : 's'}`}.`,
    );
    const sections = page.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n')[0])).toEqual([
      'What it means',
      'How to confirm',
      'What to do',
      'What not to do',
    ]);
    for (const section of sections)
      expect(section.split('\n').slice(1).join(' ').trim().length).toBeGreaterThan(40);
  });
});

test('every runbook is of an alert, or is the index, which names them all', () => {
  const pages = readdirSync(runbooks).toSorted();
  const wanted = ALERTS.map(({ alert }) => runbookPage(alert));
  expect(pages).toEqual([...wanted, 'README.md'].toSorted());
  const index = readFileSync(`${runbooks}README.md`, 'utf8');
  for (const page of wanted) expect(index).toContain(`](${page})`);
});

test('runbooks name metrics that there are', () => {
  for (const name of readdirSync(runbooks)) {
    const text = readFileSync(runbooks + name, 'utf8');
    for (const [metric] of text.matchAll(/\bvigil[_:](?!monitor\b)[a-z0-9_:]+[a-z0-9]/g)) {
      const recorded = RECORDING_GROUP.rules.some(({ record }) => record === metric);
      expect(
        recorded || known.metrics.has(metric) || known.metrics.has(`${metric}_bucket`),
        `${name}: ${metric}`,
      ).toBe(true);
    }
  }
});

test('names of alerts and series are there once', () => {
  const names = [...ALERTS.map(({ alert }) => alert), ...RECORDING_GROUP.rules.map(({ record }) => record)];
  expect(new Set(names).size).toBe(names.length);
});

test.each<[Daemon, Daemon]>([
  ['monitor', 'signer'],
  ['signer', 'monitor'],
])('rules for the %s alone ask for nothing of the %s', (one, other) => {
  const files = installSet({ time, network: 'mainnet', daemons: [one], runbooks: 'r' });
  const { groups } = parse(files[RULES_FILE]!) as {
    groups: { rules: { alert?: string; record?: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.some(({ alert }) => alert === 'VigilWatchdog')).toBe(true);
  for (const { expr } of rules) {
    for (const { metric, matchers } of readQuery(expr).selectors) {
      expect(known.metrics.get(metric)?.job, expr).not.toBe(metric === 'up' ? '' : `vigil-${other}`);
      expect(matchers.map(({ value }) => value)).not.toContain(`vigil-${other}`);
      if (metric.startsWith('vigil:')) expect(rules.map(({ record }) => record)).toContain(metric);
    }
  }
  expect(files['prometheus.example.yml']).not.toContain(`vigil-${other}`);
});

describe('the Alertmanager example', () => {
  const config = parse(renderAlertmanager()) as {
    route: { receiver: string; routes: { receiver: string; matchers: string[] }[] };
    inhibit_rules: { source_matchers: string[]; target_matchers: string[]; equal: string[] }[];
    receivers: { name: string }[];
  };
  const named = (matchers: readonly string[]): string[] => {
    const [, op, value = ''] = /^alertname(=~?)"(.*)"$/.exec(matchers[0] ?? '') ?? [];
    const test =
      op === '='
        ? (name: string) => name === value
        : (name: string) => new RegExp(`^(?:${value})$`).test(name);
    for (const word of value.split(/\|(?![^(]*\))/)) {
      expect(
        ALERTS.some(({ alert }) => new RegExp(`^(?:${word})$`).test(alert)),
        word,
      ).toBe(true);
    }
    return ALERTS.map(({ alert }) => alert).filter(test);
  };

  it('inhibits alerts that there are, of the same target only, and never what is about theft or slashing', () => {
    const sacred = [
      ...['VigilValidatorSlashed', 'VigilForeignSignature', 'VigilValidatorExiting', 'VigilSlashableRequest'],
      ...[
        'VigilWithdrawalCredentialsChanged',
        'VigilValidatorsOffline',
        'VigilValidatorsLeaking',
        'VigilWatchdog',
      ],
    ];
    for (const { source_matchers, target_matchers, equal } of config.inhibit_rules) {
      expect(named(source_matchers)).not.toEqual([]);
      const targets = named(target_matchers);
      expect(targets).not.toEqual([]);
      expect(targets.filter((name) => sacred.includes(name))).toEqual([]);
      expect(equal).toEqual(expect.arrayContaining(['job', 'instance']));
    }
  });

  it('sends every severity to a receiver that there is', () => {
    const receivers = config.receivers.map(({ name }) => name);
    for (const { receiver } of [config.route, ...config.route.routes]) expect(receivers).toContain(receiver);
    const matched = config.route.routes.flatMap(({ matchers }) => matchers);
    expect(matched).toEqual(['alertname="VigilWatchdog"', 'severity="critical"', 'severity="info"']);
  });
});
