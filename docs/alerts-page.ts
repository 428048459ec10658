import {
  ALERT_GROUPS,
  DAEMONS,
  installSet,
  MAINNET_TIME,
  RECORDING_GROUP,
  runbookPage,
} from '../monitor/alerting/index.ts';
import { DASHBOARDS, renderDashboard } from '../monitor/dashboards/index.ts';

/**
 * The files of `vigil alerts install` for mainnet, to look at; the page that lists them; the dashboards. By path from docs/.
 */
export function alertPages(generated: string): Record<string, string> {
  const files = installSet({
    ...{ time: MAINNET_TIME, network: 'mainnet', daemons: DAEMONS },
    runbooks: 'docs/runbooks',
  });
  return {
    ...Object.fromEntries(
      Object.entries(files).map(([name, text]) => [`../monitor/alerting/files/${name}`, text]),
    ),
    ...Object.fromEntries(
      DASHBOARDS.map((dashboard) => [`../dashboards/${dashboard.uid}.json`, renderDashboard(dashboard)]),
    ),
    'alerts.md': alertsPage(generated),
  };
}

function alertsPage(generated: string): string {
  const alerts = ALERT_GROUPS.flatMap(({ name, rules }) => [
    `## ${name}`,
    '',
    '| alert | severity | for | fires when |',
    '| --- | --- | --- | --- |',
    ...rules.map(({ alert, severity, forEpochs, expr }) => {
      const condition = expr(MAINNET_TIME).replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
      return `| [${alert}](runbooks/${runbookPage(alert)}) | ${severity} | ${forEpochs === 0 ? 'at once' : epochs(forEpochs)} | \`${condition}\` |`;
    }),
    '',
  ]);
  return [
    '# Alerts',
    generated,
    '',
    '`vigil alerts install` writes these rules for Prometheus, with examples for Prometheus itself and the Alertmanager:',
    '[operations of alerting](alerting.md). Durations are those of mainnet; `--network` takes the epochs of another network.',
    'Each alert has a page that says what it means, how to confirm it, what to do and what not to do.',
    '',
    ...alerts,
    '## Recorded series',
    '',
    '| series | meaning |',
    '| --- | --- |',
    ...RECORDING_GROUP.rules.map(({ record, meaning }) => `| \`${record}\` | ${meaning} |`),
    '',
  ].join('\n');
}

const epochs = (count: number): string => `${count} ${count === 1 ? 'epoch' : 'epochs'}`;
