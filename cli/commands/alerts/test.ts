import { Command, Option } from 'commander';
import { SEVERITIES, type Severity } from '../../../monitor/alerting/index.ts';
import { alertingAddress, type Station } from '../../alerts/alerting-api.ts';
import { testAlertmanager } from '../../alerts/test-alertmanager.ts';
import { testPrometheus } from '../../alerts/test-prometheus.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';

const PROMETHEUS = 'http://127.0.0.1:9090';
const ALERTMANAGER = 'http://127.0.0.1:9093';

interface Options {
  readonly prometheus?: string;
  readonly alertmanager?: string;
  readonly severity: Severity;
  readonly group: string;
}

export function alertsTestCommand(): Command {
  return new Command('test')
    .description(
      'walk the way of an alert: ask Prometheus whether it has the rules and reaches the daemons, then send a test alert through the Alertmanager; exits with 1 where the way ends',
    )
    .option(
      '--prometheus <URL>',
      `Prometheus (default: ${PROMETHEUS}; not asked when only --alertmanager is given)`,
    )
    .option(
      '--alertmanager <URL>',
      `Alertmanager; gets an alert VigilTestAlert that ends by itself after five minutes (default: ${ALERTMANAGER}; nothing is sent when only --prometheus is given)`,
    )
    .addOption(
      new Option('--severity <WORD>', 'severity of the test alert, which decides who is told')
        .choices(SEVERITIES.filter((one) => one !== 'none'))
        .default('warning'),
    )
    .option('--group <NAME>', 'group of validators that the test alert is about', 'test')
    .addHelpText(
      'after',
      examples(
        'vigil alerts test',
        'vigil alerts test --severity critical',
        'vigil alerts test --alertmanager http://alerts.example:9093 --group rented',
      ),
    )
    .action(async (options: Options, self: Command) => {
      const { output } = commandContext(self);
      const { severity, group } = options;
      const both = options.prometheus === undefined && options.alertmanager === undefined;
      const prometheus = both ? PROMETHEUS : options.prometheus;
      const alertmanager = both ? ALERTMANAGER : options.alertmanager;
      const [first, second] = [
        prometheus === undefined ? null : alertingAddress('--prometheus', prometheus),
        alertmanager === undefined ? null : alertingAddress('--alertmanager', alertmanager),
      ];
      const stations: Station[] = first === null ? [] : await testPrometheus(first);
      if (second !== null) {
        const test = { severity, group, nowMs: Date.now() };
        stations.push(...(await testAlertmanager(second, test, first !== null)));
      }
      const rows = stations.map(({ station, ok, found }) => [ok ? 'ok' : 'WRONG', station, found]);
      output.table({ ok: stations.every(({ ok }) => ok), stations }, ['', 'station', 'found'], rows);
      if (stations.some(({ ok }) => !ok)) process.exitCode = 1;
      else if (second !== null)
        output.note('Now see whether the test alert arrives where it should: no program can.');
    });
}
