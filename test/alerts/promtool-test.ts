import { parse, stringify } from 'yaml';
import {
  RECORDING_GROUP,
  runbookPage,
  type AlertRule,
  type EpochTime,
} from '../../monitor/alerting/index.ts';
import { STEPS, type Fires, type Quiet } from './scene.ts';

/** Where the runbooks are in the rules that are tested. */
export const RUNBOOKS = 'https://runbooks.example';

const UNDER_TEST = 'under-test';

interface Group {
  readonly name: string;
  readonly rules: readonly { readonly alert?: string }[];
}

/** The rule of one alert out of a file, and all that is recorded: scenes of a day evaluate every rule 2000 times. */
export function ruleAlone(rulesFile: string, alert: string): string {
  const { groups } = parse(rulesFile) as { groups: Group[] };
  const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.alert === alert);
  const recorded = groups.filter(({ name }) => name === RECORDING_GROUP.name);
  return stringify({ groups: [...recorded, { name: UNDER_TEST, rules }] }, { lineWidth: 0 });
}

/** A file for `promtool test rules`: the scenes of one alert, with the exact labels and texts where it fires. */
export function promtoolTest(
  rule: AlertRule,
  scenes: readonly (Quiet | Fires)[],
  rulesFile: string,
  time: EpochTime,
): string {
  const step = time.epochs(1 / STEPS);
  return stringify({
    rule_files: [rulesFile],
    evaluation_interval: step,
    // Otherwise any order, so that an alert would see what is recorded a step late, or not.
    group_eval_order: [RECORDING_GROUP.name, UNDER_TEST],
    tests: scenes.map((scene) => ({
      interval: step,
      input_series: Object.entries(scene.series).map(([series, values]) => ({ series, values })),
      alert_rule_test: ('quiet' in scene ? [[scene.at, []] as const] : momentsOf(rule, scene)).map(
        ([epochs, alerts]) => ({
          eval_time: time.epochs(epochs),
          alertname: rule.alert,
          exp_alerts: alerts,
        }),
      ),
    })),
  });
}

/** Not before it is so, not before `for` is over, and then. */
function momentsOf(rule: AlertRule, scene: Fires): (readonly [epochs: number, alerts: readonly unknown[]])[] {
  const told = scene.from + rule.forEpochs;
  const early = [scene.from - 1 / STEPS, told - 1 / STEPS].filter((epochs) => epochs >= 0);
  return [...early.map((epochs) => [epochs, []] as const), [told, [alertOf(rule, scene)]]];
}

function alertOf(
  { alert, severity, area, summary, description }: AlertRule,
  { labels, value }: Fires,
): unknown {
  const shown = (text: string): string =>
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? '')
      .replaceAll(/\{\{ \$value[^}]*\}\}/g, value ?? 'NO VALUE WAS EXPECTED');
  return {
    exp_labels: { severity, area, ...labels },
    exp_annotations: {
      summary: shown(summary),
      description: shown(description),
      runbook_url: `${RUNBOOKS}/${runbookPage(alert)}`,
    },
  };
}
