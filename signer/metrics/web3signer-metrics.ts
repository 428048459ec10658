import { Gauge, type Registry } from 'prom-client';
import type { SignerMetrics } from './signer-metrics.ts';

/** The types that Web3Signer's slashing protection looks at; it counts all others as permitted too. */
const SIGNED_AND_REFUSED = { signed: 'permitted', refused: 'prevented' } as const;

interface Sources {
  readonly metrics: SignerMetrics;
  readonly loadedKeys: () => number;
}

/**
 * Web3Signer's names for what ours say too, so that its dashboards and alerts go on working. Derived from ours when
 * Prometheus asks; counters keep their meaning, timers are given as their sum and count.
 */
export function registerWeb3SignerMetrics(registry: Registry, { metrics, loadedKeys }: Sources): void {
  const total = async (wanted: (labels: Labels) => boolean): Promise<number> => {
    const { values } = await metrics.signRequests.get();
    return values.filter(({ labels }) => wanted(labels)).reduce((sum, { value }) => sum + value, 0);
  };
  const derived = (name: string, help: string, read: () => number | Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  };
  for (const [result, word] of Object.entries(SIGNED_AND_REFUSED)) {
    derived(
      `eth2_slashingprotection_${word}_signings_total`,
      `As Web3Signer: signings ${word} by slashing protection.`,
      () => total((labels) => labels.result === result),
    );
  }
  derived(
    'signing_bls_missing_identifier_count_total',
    'As Web3Signer: requests for keys that are not loaded.',
    () => total(({ reason }) => reason === 'UNKNOWN_KEY'),
  );
  derived('http_bls_malformed_request_count_total', 'As Web3Signer: requests that were malformed.', () =>
    total(({ result, reason }) => result === 'rejected' && reason !== 'UNKNOWN_KEY'),
  );
  derived('signing_signers_loaded_count', 'As Web3Signer: keys that are loaded.', loadedKeys);
  for (const part of ['sum', 'count'] as const) {
    derived(
      `signing_bls_signing_duration_${part}`,
      'As Web3Signer: seconds of whole sign requests, the slashing database included.',
      async () => {
        const { values } = await metrics.signSeconds.get();
        return values
          .filter(({ metricName }) => metricName?.endsWith(`_${part}`) === true)
          .reduce((sum, { value }) => sum + value, 0);
      },
    );
    derived(
      `eth2_slashingprotection_database_duration_${part}`,
      'As Web3Signer: seconds of commits to the slashing database.',
      async () => {
        const { values } = await metrics.stages.histogram.get();
        return values
          .filter(
            ({ metricName, labels }) =>
              metricName?.endsWith(`_${part}`) === true && labels.stage === 'commit',
          )
          .reduce((sum, { value }) => sum + value, 0);
      },
    );
  }
}

type Labels = Partial<Record<'type' | 'result' | 'reason', string | number>>;
