import { stringify } from 'yaml';
import { ALERT_GROUPS, DAEMONS, RECORDING_GROUP, runbookPage } from './catalogue.ts';
import type { EpochTime } from './epoch-time.ts';
import type { Daemon } from './rule.ts';

export interface RuleOptions {
  /** Of the network that is watched. */
  readonly time: EpochTime;
  /** Where the runbook pages are: a URL without a slash at its end. */
  readonly runbooks: string;
  /** The daemons there are; default both. */
  readonly daemons?: readonly Daemon[];
}

/** The rule file for Prometheus. */
export function renderRules({ time, runbooks, daemons = DAEMONS }: RuleOptions): string {
  const wanted = (of: Daemon | null): boolean => of === null || daemons.includes(of);
  const recorded = RECORDING_GROUP.rules
    .filter((rule) => wanted(rule.of))
    .map(({ record, expr }) => ({ record, expr: expr(time) }));
  const groups = ALERT_GROUPS.map(({ name, rules }) => ({
    name,
    rules: rules
      .filter((rule) => wanted(rule.of))
      .map(({ alert, area, severity, forEpochs, expr, summary, description }) => ({
        alert,
        expr: expr(time),
        for: time.epochs(forEpochs),
        labels: { severity, area },
        annotations: { summary, description, runbook_url: `${runbooks}/${runbookPage(alert)}` },
      })),
  })).filter(({ rules }) => rules.length > 0);
  return stringify(
    { groups: [{ name: RECORDING_GROUP.name, rules: recorded }, ...groups] },
    { lineWidth: 0 },
  );
}
