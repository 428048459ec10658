import { RECORDING_GROUP, MAINNET_TIME } from '../../monitor/alerting/index.ts';
import { TARGET_LABELS, type KnownMetrics } from './known-metrics.ts';
import { readQuery, type Matcher } from './promql.ts';

/** What is wrong with a query of a rule or panel: what does not parse, or names what no daemon gives. */
export function problemsOf(expr: string, known: KnownMetrics): string[] {
  const { errors, selectors, groupingLabels } = readQuery(expr);
  const problems = [...errors];
  const labels = labelsIn(expr, known);
  for (const { metric, matchers } of selectors) {
    const own = labelsOfSeries(metric, known);
    if (own === null) {
      problems.push(`${metric} is no metric`);
      continue;
    }
    for (const matcher of matchers) {
      if (!own.has(matcher.label)) problems.push(`${metric} has no label ${matcher.label}`);
      else problems.push(...matchesNothing(matcher, known));
    }
  }
  for (const label of groupingLabels) if (!labels.has(label)) problems.push(`nothing has a label ${label}`);
  return problems;
}

/** Every label that a result of the query may have. */
export function labelsIn(expr: string, known: KnownMetrics): Set<string> {
  const of = readQuery(expr).selectors.map(({ metric }) => labelsOfSeries(metric, known) ?? []);
  return new Set([...TARGET_LABELS, ...of.flatMap((labels) => [...labels])]);
}

/** Of a metric, or of what a recording rule makes of several. Null: there is none. */
function labelsOfSeries(metric: string, known: KnownMetrics): ReadonlySet<string> | null {
  const recorded = RECORDING_GROUP.rules.find(({ record }) => record === metric);
  if (recorded !== undefined) return labelsIn(recorded.expr(MAINNET_TIME), known);
  const found = known.metrics.get(metric);
  return found === undefined ? null : new Set([...TARGET_LABELS, ...found.labels]);
}

/** A misspelt value finds nothing for ever. Each word of an alternative has to be one that there is. */
function matchesNothing({ label, op, value }: Matcher, { values }: KnownMetrics): string[] {
  if (value.includes('$')) return [];
  const taken = [...(values.get(label) ?? [])];
  const words = op.endsWith('~') ? value.split('|') : [value];
  return words
    .filter(
      (word) =>
        !taken.some((one) => (op.endsWith('~') ? new RegExp(`^(?:${word})$`).test(one) : one === word)),
    )
    .map((word) => `${label} is never ${word}`);
}
