import { coreError } from '../core-errors.ts';
import type { Settings } from './settings.ts';

/** Whether clients show a certificate: never asked for; looked at if shown; no connection without. */
export type ClientAuth = 'none' | 'optional' | 'required';

export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
  readonly clientAuth: ClientAuth;
}

/**
 * The TLS settings in force, or null without TLS. Whoever names a client CA means that clients must have certificates.
 * @throws CONFIG_INVALID when they do not go together
 */
export function tlsSettings(
  settings: Pick<Settings, 'tls-cert' | 'tls-key' | 'tls-client-ca' | 'tls-client-auth'>,
): TlsSettings | null {
  const { 'tls-cert': cert, 'tls-key': key, 'tls-client-ca': clientCa, 'tls-client-auth': named } = settings;
  if ((cert === null) !== (key === null)) {
    const [missing, there] = cert === null ? ['tls-cert', 'tls-key'] : ['tls-key', 'tls-cert'];
    throw coreError('CONFIG_INVALID', `${missing} must be given with ${there}`);
  }
  const clientAuth = named ?? (clientCa === null ? 'none' : 'required');
  if (clientAuth !== 'none' && clientCa === null) {
    throw coreError('CONFIG_INVALID', `tls-client-auth ${clientAuth} wants tls-client-ca`);
  }
  if (cert !== null && key !== null) return { cert, key, clientCa, clientAuth };
  // Without this a signer would be open whose operator believes that certificates are asked for.
  if (clientCa !== null || named !== null) {
    throw coreError('CONFIG_INVALID', 'tls-client-ca and tls-client-auth want tls-cert and tls-key');
  }
  return null;
}
