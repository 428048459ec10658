import type { EpochTime } from './epoch-time.ts';
import { renderAlertmanager } from './render-alertmanager.ts';
import { renderPrometheus } from './render-prometheus.ts';
import { renderRules } from './render-rules.ts';
import type { Daemon } from './rule.ts';

/** The file that Prometheus loads. */
export const RULES_FILE = 'vigil.rules.yml';

export interface InstallOptions {
  readonly time: EpochTime;
  /** Name of the network, for the comment at the top. */
  readonly network: string;
  readonly daemons: readonly Daemon[];
  /** Where the runbook pages are: a URL without a slash at its end. */
  readonly runbooks: string;
}

/** The files of one installation by name. */
export function installSet({ time, network, daemons, runbooks }: InstallOptions): Record<string, string> {
  const about = `# Alert and recording rules of Vigil for ${network}: an epoch is ${time.epochs(1)}.\n`;
  return {
    [RULES_FILE]: about + renderRules({ time, runbooks, daemons }),
    'alertmanager.example.yml': renderAlertmanager(),
    'prometheus.example.yml': renderPrometheus(RULES_FILE, daemons),
  };
}
