import { DAEMONS } from './catalogue.ts';
import type { Daemon } from './rule.ts';
import { MONITOR_JOB } from './rules/monitor.ts';
import { SIGNER_JOB } from './rules/signer.ts';

/** Names and default ports; the rules know the daemons by these names. */
const TARGETS: Readonly<Record<Daemon, { readonly job: string; readonly target: string }>> = {
  monitor: { job: MONITOR_JOB, target: '127.0.0.1:9010' },
  signer: { job: SIGNER_JOB, target: '127.0.0.1:9001' },
};

/** What Prometheus has to know: whom to scrape under which name, the rules, and where alerts go. */
export function renderPrometheus(rulesFile: string, daemons: readonly Daemon[] = DAEMONS): string {
  const jobs = daemons.map(
    (daemon) => `  - job_name: ${TARGETS[daemon].job}
    static_configs:
      - targets: ['${TARGETS[daemon].target}']
`,
  );
  return `# To be merged into prometheus.yml. The names of the jobs must stay: the rules know the daemons by them.
global:
  # The shortest epoch of a known network is 80 s, and a rate wants several samples.
  scrape_interval: 12s
  evaluation_interval: 12s
rule_files:
  - ${rulesFile}
alerting:
  alertmanagers:
    - static_configs:
        - targets: ['127.0.0.1:9093']
scrape_configs:
${jobs.join('')}`;
}
