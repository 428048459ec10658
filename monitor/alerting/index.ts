/** Alert rules for Prometheus, and what an Alertmanager does with them. */
export { ALERT_GROUPS, ALERTS, DAEMONS, RECORDING_GROUP, runbookPage } from './catalogue.ts';
export { EpochTime, MAINNET_TIME, promDuration } from './epoch-time.ts';
export { installSet, RULES_FILE, type InstallOptions } from './install-set.ts';
export { renderAlertmanager } from './render-alertmanager.ts';
export { renderPrometheus } from './render-prometheus.ts';
export { renderRules } from './render-rules.ts';
export { SEVERITIES, type AlertRule, type Daemon, type RecordingRule, type Severity } from './rule.ts';
