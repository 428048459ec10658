import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Guard } from '../../slashing-db/index.ts';
import { REFUSALS } from '../../slashing-db/index.ts';
import { droppedRefusalsCounter } from './dropped-refusals.ts';
import { createStages, FINE_BUCKETS, type Stages } from './stages.ts';
import type { Keyring } from '../keys/keyring.ts';
import { createAccessMetrics, type AccessMetrics } from '../access/access-metrics.ts';
import { closedConnectionsCounter } from '../http/connections/closed-connections.ts';
import { MESSAGE_TYPES } from '../messages/index.ts';
import { POLICY_REASONS, POLICY_REFUSALS } from '../policy/policy-refusals.ts';

export interface SignerMetrics {
  readonly registry: Registry;
  readonly signRequests: Counter<'type' | 'result' | 'reason'>;
  readonly signSeconds: Histogram<'type'>;
  readonly stages: Stages;
  /** Counts what became of a request; the counters of each combination are looked up once. */
  countSign(type: string, result: SignResult, reason: string): void;
  /** Seconds from a parsed HTTP header to the answer. */
  signTime(type: string, seconds: number): void;
  readonly access: AccessMetrics;
  readonly droppedRefusals: Counter;
  /** By reason, see `closed-connections.ts`. */
  readonly closedConnections: Counter<'reason'>;
}

/** Sources of the gauges that are read when Prometheus asks. */
export interface MetricSources {
  readonly keyring: Pick<Keyring, 'pubkeys'>;
  readonly guard: Pick<Guard, 'unavailable' | 'clockDoubt' | 'protection' | 'listKeys'>;
  /** Keys that the doppelganger watch keeps silent. */
  readonly silentKeys: () => number;
}

/** Every metric is listed in docs/metrics.md; a test keeps both equal. */
export function createSignerMetrics(
  { keyring, guard, silentKeys }: MetricSources,
  registry = new Registry(),
  stages = createStages(registry),
  droppedRefusals = droppedRefusalsCounter(registry),
): SignerMetrics {
  collectDefaultMetrics({ register: registry, prefix: 'vigil_' });
  const signRequests = new Counter({
    name: 'vigil_signer_sign_requests_total',
    help: 'Sign requests by message type, result (signed, refused by policy or guard, rejected as malformed) and reason code.',
    labelNames: ['type', 'result', 'reason'] as const,
    registers: [registry],
  });
  // From zero, so that the first refusal is an increase that an alert can see.
  for (const type of MESSAGE_TYPES) signRequests.inc({ type, result: 'signed', reason: '' }, 0);
  for (const type of ['BLOCK', 'BLOCK_V2', 'ATTESTATION']) {
    for (const reason of Object.keys(REFUSALS)) signRequests.inc({ type, result: 'refused', reason }, 0);
  }
  for (const reason of POLICY_REASONS) {
    for (const type of POLICY_REFUSALS[reason].types) {
      signRequests.inc({ type, result: 'refused', reason }, 0);
    }
  }
  const signSeconds = new Histogram({
    name: 'vigil_signer_sign_request_seconds',
    help: 'Time from a parsed HTTP header to the answer of a sign request.',
    labelNames: ['type'] as const,
    buckets: FINE_BUCKETS,
    registers: [registry],
  });
  new Gauge({
    name: 'vigil_signer_keys_loaded',
    help: 'Keys that can sign now.',
    registers: [registry],
    collect() {
      this.set(keyring.pubkeys().length);
    },
  });
  new Gauge({
    name: 'vigil_guard_available',
    help: '1 while the slashing database can record, 0 when the guard refuses everything.',
    registers: [registry],
    collect() {
      this.set(guard.unavailable === null ? 1 : 0);
    },
  });
  new Gauge({
    name: 'vigil_clock_trusted',
    help: '1 while the clock can be trusted, 0 while nothing slashable is signed because of it.',
    registers: [registry],
    collect() {
      this.set(guard.clockDoubt === null ? 1 : 0);
    },
  });
  new Gauge({
    name: 'vigil_signer_keys_silent',
    help: 'Keys that are silent while the beacon nodes are watched for a second signer.',
    registers: [registry],
    collect() {
      this.set(silentKeys());
    },
  });
  new Gauge({
    name: 'vigil_signer_keys_frozen',
    help: 'Keys that are frozen one by one.',
    registers: [registry],
    collect() {
      this.set(guard.listKeys().filter(({ frozen }) => frozen !== null).length);
    },
  });
  new Gauge({
    name: 'vigil_signer_all_frozen',
    help: '1 while all keys are frozen, by an operator or by the circuit breaker.',
    registers: [registry],
    collect() {
      this.set(guard.protection.frozen === null ? 0 : 1);
    },
  });
  return {
    registry,
    signRequests,
    signSeconds,
    stages,
    countSign: countersOf(signRequests),
    signTime: timersOf(signSeconds),
    access: createAccessMetrics(registry),
    droppedRefusals,
    closedConnections: closedConnectionsCounter(registry),
  };
}

export type SignResult = 'signed' | 'refused' | 'rejected';

/** prom-client sorts and joins the labels at every look-up; a request of a known kind should not pay for that. */
function countersOf(counter: SignerMetrics['signRequests']) {
  const children = new Map<string, Counter.Internal>();
  return (type: string, result: SignResult, reason: string): void => {
    const key = `${type} ${result} ${reason}`;
    let child = children.get(key);
    if (child === undefined) {
      child = counter.labels({ type, result, reason });
      children.set(key, child);
    }
    child.inc();
  };
}

function timersOf(histogram: Histogram<'type'>) {
  const children = new Map<string, Histogram.Internal<'type'>>();
  return (type: string, seconds: number): void => {
    let child = children.get(type);
    if (child === undefined) {
      child = histogram.labels({ type });
      children.set(type, child);
    }
    child.observe(seconds);
  };
}
