import type { EpochTime } from './epoch-time.ts';

/** What an alert is about; alerts of one area inhibit each other in the Alertmanager example. */
export const AREAS = ['validators', 'guard', 'signer', 'beacon', 'network', 'monitor'] as const;
export type Area = (typeof AREAS)[number];

/**
 * `critical` wakes somebody, `warning` waits for the morning, `info` is for a channel that is read now and then, `none` is the
 * dead-man's switch, which is worth something only when it stops.
 */
export const SEVERITIES = ['critical', 'warning', 'info', 'none'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The daemon whose metrics a rule reads; the dead-man's switch reads none. */
export type Daemon = 'monitor' | 'signer';

export interface AlertRule {
  /** CamelCase, with `Vigil` in front: rules of several makers share one Prometheus. */
  readonly alert: `Vigil${string}`;
  readonly area: Area;
  readonly severity: Severity;
  /** Null: it needs no daemon. */
  readonly of: Daemon | null;
  /** How long it must be so before anybody is told, in epochs; a fraction is allowed. */
  readonly forEpochs: number;
  readonly expr: (time: EpochTime) => string;
  /** One line for a telephone. */
  readonly summary: string;
  /** What it means and what it costs; the runbook says what to do. */
  readonly description: string;
}

/** A series that several rules or panels read, made once. */
export interface RecordingRule {
  readonly record: `vigil:${string}`;
  readonly of: Daemon;
  /** For docs/alerts.md; Prometheus has no place for it. */
  readonly meaning: string;
  readonly expr: (time: EpochTime) => string;
}

/** How long an alert about something that happened once goes on, so that somebody sees it. */
export const HELD = '30m';
