import type { AlertRule, Daemon, RecordingRule } from './rule.ts';
import { BEACON_ALERTS, NETWORK_ALERTS } from './rules/beacon.ts';
import { GUARD_ALERTS } from './rules/guard.ts';
import { MONITOR_ALERTS } from './rules/monitor.ts';
import { PROPOSAL_ALERTS } from './rules/proposals.ts';
import { RECORDED } from './rules/recorded.ts';
import { SIGNER_ALERTS } from './rules/signer.ts';
import { VALIDATOR_ALERTS } from './rules/validators.ts';

interface RuleGroup<Rule> {
  readonly name: string;
  readonly rules: readonly Rule[];
}

export const ALERT_GROUPS: readonly RuleGroup<AlertRule>[] = [
  { name: 'vigil-validators', rules: [...VALIDATOR_ALERTS, ...PROPOSAL_ALERTS] },
  { name: 'vigil-guard', rules: GUARD_ALERTS },
  { name: 'vigil-signer', rules: SIGNER_ALERTS },
  { name: 'vigil-beacon', rules: BEACON_ALERTS },
  { name: 'vigil-network', rules: NETWORK_ALERTS },
  { name: 'vigil-monitor', rules: MONITOR_ALERTS },
];

export const ALERTS: readonly AlertRule[] = ALERT_GROUPS.flatMap(({ rules }) => rules);

/** A group of its own: groups run side by side, so alerts see what was recorded at most one round ago. */
export const RECORDING_GROUP: RuleGroup<RecordingRule> = { name: 'vigil-recorded', rules: RECORDED };

/** Which daemons there are to be scraped: `absent(up)` of one that is not there would fire for ever. */
export const DAEMONS = ['monitor', 'signer'] as const satisfies readonly Daemon[];

/** `VigilBeaconNodeDown` has its page at `beacon-node-down.md`. */
export const runbookPage = (alert: string): string =>
  `${alert
    .replace(/^Vigil/, '')
    .replaceAll(/(?<=.)[A-Z]/g, '-$&')
    .toLowerCase()}.md`;
