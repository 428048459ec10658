import { Counter, Gauge, type Registry } from 'prom-client';
import { ACTIONS, type Action } from './actions.ts';

export interface AccessMetrics {
  readonly denied: Counter<'client' | 'action'>;
  readonly rateLimited: Counter<'client'>;
  readonly accessReloadFailures: Counter;
  readonly tlsReloadFailures: Counter;
  readonly certificateExpiry: Gauge<'certificate'>;
}

/** Client is a name of the access file, or empty for whoever has none: names that strangers make up are no labels. */
export function createAccessMetrics(registry: Registry): AccessMetrics {
  const registers = [registry];
  return {
    denied: new Counter({
      name: 'vigil_signer_access_denied_total',
      help: 'Requests denied by access control, by client (empty: without credentials) and action.',
      labelNames: ['client', 'action'] as const,
      registers,
    }),
    rateLimited: new Counter({
      name: 'vigil_signer_rate_limited_total',
      help: 'Requests turned away with 429, by client (empty: limited by address).',
      labelNames: ['client'] as const,
      registers,
    }),
    accessReloadFailures: new Counter({
      name: 'vigil_access_reload_failures_total',
      help: 'Changed access files that could not be used; the one before stays in force.',
      registers,
    }),
    tlsReloadFailures: new Counter({
      name: 'vigil_tls_reload_failures_total',
      help: 'Changed TLS files that could not be used; those before stay in force.',
      registers,
    }),
    // With a label, so that a signer without TLS shows no certificate that expired in 1970.
    certificateExpiry: new Gauge({
      name: 'vigil_tls_certificate_expiry_timestamp_seconds',
      help: 'Unix time at which a certificate in force expires: that of the server, or the first of the client CAs.',
      labelNames: ['certificate'] as const,
      registers,
    }),
  };
}

/** From zero, so that the first denial is an increase that an alert can see. */
export function startFromZero({ denied, rateLimited }: AccessMetrics, clients: readonly string[]): void {
  for (const client of ['', ...clients]) {
    for (const action of ACTIONS as readonly Action[]) denied.inc({ client, action }, 0);
    rateLimited.inc({ client }, 0);
  }
}
