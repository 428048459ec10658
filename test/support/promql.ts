import { parser } from '@prometheus-io/lezer-promql';

export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

export interface Query {
  /** Places that the grammar of Prometheus does not take. */
  readonly errors: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly groupingLabels: readonly string[];
}

/** A query, read by the grammar that Prometheus's own editor has. */
export function readQuery(expr: string): Query {
  const errors: string[] = [];
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const groupingLabels: string[] = [];
  let inGrouping = false;
  let matcher: { label: string; op: string } = { label: '', op: '' };
  parser.parse(expr).iterate({
    enter({ type, name, from, to }) {
      const text = expr.slice(from, to);
      if (type.isError) errors.push(`at ${from}: ${expr.slice(from, from + 30)}`);
      if (name === 'VectorSelector') selectors.push({ metric: '', matchers: [] });
      if (name === 'Identifier') selectors.at(-1)!.metric = text;
      if (name === 'GroupingLabels') inGrouping = true;
      if (name === 'LabelName' && inGrouping) groupingLabels.push(text);
      if (name === 'LabelName' && !inGrouping) matcher = { label: text, op: '' };
      if (name === 'MatchOp') matcher.op = text;
      if (name === 'StringLiteral' && matcher.op !== '') {
        selectors.at(-1)!.matchers.push({ ...matcher, value: JSON.parse(text) as string });
        matcher = { label: '', op: '' };
      }
    },
    leave({ name }) {
      if (name === 'GroupingLabels') inGrouping = false;
    },
  });
  return { errors, selectors, groupingLabels };
}
