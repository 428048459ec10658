import { Counter, Gauge, type Registry } from 'prom-client';
import type { RefusalReason } from '../../slashing-db/index.ts';
import { CORE_ERRORS } from '../../core/core-errors.ts';
import { MESSAGE_TYPES } from '../messages/index.ts';
import { DerivedSummary } from './derived-summary.ts';
import type { SignerMetrics } from './signer-metrics.ts';

/** What the guard says of a message that is slashable, or may be for all that it knows of the past. */
const SLASHABLE: ReadonlySet<string> = new Set<RefusalReason>([
  'DOUBLE_PROPOSAL',
  'BLOCK_NOT_ABOVE_WATERMARK',
  'DOUBLE_VOTE',
  'SURROUND_VOTE',
  'TARGET_NOT_ABOVE_WATERMARK',
  'SOURCE_AFTER_TARGET',
  'BELOW_BOOT_FLOOR',
  'SOURCE_BELOW_BOOT_FLOOR',
  // Above the high watermark, as Web3Signer would have it.
  'KEY_HANDED_OVER',
]);

/** What cannot be read, as against what can and is for another network, fork or client. */
const MALFORMED: ReadonlySet<string> = new Set([
  ...Object.keys(CORE_ERRORS),
  'MALFORMED_IDENTIFIER',
  'MALFORMED_REQUEST',
  'MALFORMED_MESSAGE',
  'UNKNOWN_MESSAGE_TYPE',
  'SIGNING_ROOT_WITHOUT_MESSAGE',
  'FORK_INFO_MISSING',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]);

/** Commit-Boost's requests count under types of their own, which Web3Signer's metrics know nothing of. */
const SIGN_TYPES: ReadonlySet<unknown> = new Set<string>([...MESSAGE_TYPES, 'unknown']);

interface Sources {
  readonly metrics: SignerMetrics;
  readonly loadedKeys: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

interface Labels {
  readonly type?: string | number;
  readonly result?: string | number;
  readonly reason?: string | number;
}

const COUNTERS: readonly [name: string, help: string, wanted: (labels: Labels) => boolean][] = [
  [
    'eth2_slashingprotection_permitted_signings_total',
    'As Web3Signer: signings permitted by slashing protection; of all types of the remote-signing API.',
    ({ result }) => result === 'signed',
  ],
  [
    'eth2_slashingprotection_prevented_signings_total',
    'As Web3Signer: signings prevented by slashing protection, as slashable by history, boot floor or hand-over. Other refusals are in vigil_signer_sign_requests_total alone.',
    ({ result, reason }) => result === 'refused' && SLASHABLE.has(`${reason}`),
  ],
  [
    'signing_bls_missing_identifier_count_total',
    'As Web3Signer: sign requests for keys that are not loaded.',
    ({ reason }) => reason === 'UNKNOWN_KEY',
  ],
  [
    'http_bls_malformed_request_count_total',
    'As Web3Signer: sign requests that cannot be read; not those that are denied, for another network or fork, or come too many at once.',
    ({ result, reason }) => result === 'rejected' && MALFORMED.has(`${reason}`),
  ],
];

/**
 * Web3Signer's names for what ours say too, so that its dashboards and alerts go on working. All of it is derived from
 * ours when Prometheus asks.
 */
export function registerWeb3SignerMetrics(
  registry: Registry,
  { metrics, loadedKeys, nowMs = () => performance.now() }: Sources,
): void {
  const registers = [registry];
  for (const [name, help, wanted] of COUNTERS) {
    new Counter({
      ...{ name, help, registers },
      async collect() {
        const { values } = await metrics.signRequests.get();
        const counted = values.filter(({ labels }) => SIGN_TYPES.has(labels.type) && wanted(labels));
        this.reset();
        this.inc(counted.reduce((sum, { value }) => sum + value, 0));
      },
    });
  }
  new Gauge({
    ...{ name: 'signing_signers_loaded_count', help: 'As Web3Signer: keys that are loaded.', registers },
    collect() {
      this.set(loadedKeys());
    },
  });
  registry.registerMetric(
    new DerivedSummary({
      name: 'signing_bls_signing_duration',
      help: 'As Web3Signer: seconds of whole sign requests, the slashing database included. Quantiles of the last ten minutes or so, as exact as the buckets of vigil_signer_sign_request_seconds.',
      ...{ histogram: metrics.signSeconds, wanted: () => true, nowMs },
    }),
  );
  registry.registerMetric(
    new DerivedSummary({
      name: 'eth2_slashingprotection_database_duration',
      help: 'As Web3Signer: seconds of commits to the slashing database. Quantiles of the last ten minutes or so, as exact as the buckets of vigil_signer_stage_seconds.',
      histogram: metrics.stages.histogram,
      wanted: ({ stage }) => stage === 'commit',
      nowMs,
    }),
  );
}
