import type { Guard } from '../slashing-db/index.ts';
import type { SigningPool } from './bls/signing-pool.ts';
import type { Keyring } from './keys/keyring.ts';

export type HealthStatus = 'UP' | 'DOWN';

/** One line of `/healthcheck`, possibly with finer ones below. */
export interface HealthCheck {
  readonly id: string;
  readonly status: HealthStatus;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly checks?: readonly HealthCheck[];
}

/** The shape of Web3Signer's `/healthcheck`, with the truth in it. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: readonly HealthCheck[];
  readonly outcome: HealthStatus;
}

export interface HealthSources {
  readonly guard: Guard;
  readonly keyring: Keyring;
  /** Keystores that could not be opened at the last load. */
  readonly failedKeys: () => number;
  readonly pool: Pick<SigningPool, 'healthy' | 'queued'>;
  /** The checks of further parts of the daemon, asked at every call. */
  readonly further?: () => readonly HealthCheck[];
}

export const up = (yes: boolean): HealthStatus => (yes ? 'UP' : 'DOWN');

/** Judged at every call from the state that signing itself depends on, never from a cached flag. */
export function judgeHealth({ guard, keyring, pool, failedKeys, further }: HealthSources): Health {
  const keys: HealthCheck = {
    id: 'config-files-loading',
    status: up(failedKeys() === 0 && keyring.coming === 0),
    data: {
      'keys-loaded': keyring.size,
      'error-count': failedKeys(),
      // Only while there is something to wait for.
      ...(keyring.coming === 0 ? {} : { 'keys-loading': keyring.coming }),
    },
  };
  const doubt = guard.clockDoubt;
  const checks: HealthCheck[] = [
    { id: 'keys-check', status: keys.status, checks: [keys] },
    { id: 'slashing-protection-db-health-check', status: up(guard.unavailable === null) },
    { id: 'clock-check', status: up(doubt === null), ...(doubt === null ? {} : { data: { reason: doubt } }) },
    { id: 'signing-threads-check', status: up(pool.healthy) },
    ...(further?.() ?? []),
  ];
  const status = up(checks.every((check) => check.status === 'UP'));
  return { status, checks, outcome: status };
}
