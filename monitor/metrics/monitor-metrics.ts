import type { Registry } from 'prom-client';
import manifest from '../../package.json' with { type: 'json' };
import type { EpochRecord } from '../model/epoch-record.ts';
import type { ForeignMessage } from '../model/foreign-message.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import { dutyGauges } from './duty-gauges.ts';
import { feeRecipientCounter, type FeeRecipientSources } from './fee-recipients.ts';
import { finalCounters } from './final-counters.ts';
import { finalGauges } from './final-gauges.ts';
import { healthGauges } from './health-gauges.ts';
import { proposalCounters } from './proposal-counters.ts';
import { Series } from './series.ts';
import { singleValidators } from './single-validators.ts';
import { groupsOf, validatorGauges, type ValidatorSources } from './validator-gauges.ts';

export interface MonitorMetricsOptions extends ValidatorSources, FeeRecipientSources {
  /** Up to so many watched validators each has series of its own. */
  readonly perValidatorLimit: number;
  /** Unix milliseconds. */
  readonly nowMs?: () => number;
}

export interface MonitorMetrics {
  /** Everything that is of the present. To be called with every head, and before Prometheus is answered. */
  update(state: MonitorState): void;
  /** Once for every record that was written down. */
  final(record: EpochRecord, groupOf: (validatorIndex: number) => string): void;
  /** Once for every message that our signer did not sign. */
  foreign(message: Pick<ForeignMessage, 'kind' | 'validatorIndex'>, groupOf: (index: number) => string): void;
  /** A block of a watched validator that it has not signed. */
  forgedBlock(): void;
  /** A vote of a watched validator that no block of the network can hold. */
  impossibleVote(): void;
  /** A changed list of validators could not be used; the one before stays in force. */
  watchListFailed(): void;
}

/** Groups, never validators, as long as they are many. Every metric is listed in docs/metrics.md. */
export function createMonitorMetrics(registry: Registry, options: MonitorMetricsOptions): MonitorMetrics {
  const { perValidatorLimit, nowMs = Date.now } = options;
  const series = new Series(registry);
  const health = healthGauges(series, manifest.version);
  const validators = validatorGauges(series, options);
  const duties = dutyGauges(series);
  const proposals = proposalCounters(series);
  const recipients = feeRecipientCounter(series, options);
  const totals = finalCounters(series);
  const last = finalGauges(series);
  const single = singleValidators(series, perValidatorLimit, options.statusOf);
  const foreign = series.counter(
    'foreign_messages_total',
    'Messages on chain that are signed by one of our keys and that our signer did not sign.',
    ['group', 'kind'],
  );
  const forged = series.counter(
    'forged_blocks_total',
    'Blocks that a beacon node gave as those of watched validators and that these have not signed.',
  );
  const impossible = series.counter(
    'impossible_votes_total',
    'Votes that a beacon node gave as those of watched validators and that no block of the network can hold.',
  );
  const reloads = series.counter(
    'watch_list_reload_failures_total',
    'Changed lists of validators that could not be used; the one before stays in force.',
  );
  let groups: ReadonlySet<string> = new Set();
  let watched: MonitorState['watched'] | null = null;

  const know = (those: ReadonlySet<string>): void => {
    totals.know(those);
    proposals.know(those);
    recipients.know(those);
    for (const group of those) for (const kind of ['attestation', 'block']) foreign.inc({ group, kind }, 0);
  };
  return {
    update(state) {
      if (state.watched !== watched) {
        watched = state.watched;
        groups = groupsOf(watched);
        know(groups);
      }
      health(state, nowMs());
      validators(state, groups);
      duties(state, groups, nowMs());
      single.update(state);
      if (state.head === null) return;
      const groupOf = new Map(watched.map(({ index, group }) => [index, group]));
      proposals.head(state.head, (index) => groupOf.get(index) ?? 'default');
    },
    final(record, groupOf) {
      totals.add(record, groupOf);
      proposals.final(record.proposals, groupOf);
      recipients.final(record.payments, groupOf);
      last(record, groups, groupOf);
      single.final(record);
    },
    foreign: ({ kind, validatorIndex }, groupOf) => foreign.inc({ group: groupOf(validatorIndex), kind }),
    forgedBlock: () => forged.inc(),
    impossibleVote: () => impossible.inc(),
    watchListFailed: () => reloads.inc(),
  };
}
