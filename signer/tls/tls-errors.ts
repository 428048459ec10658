import { errorFactory } from '../../core/errors.ts';

/** Errors of `signer/tls/`. No message holds a key. */
export const TLS_ERRORS = {
  TLS_FILES_INVALID: {
    summary: 'the TLS files cannot be used',
    hint: 'Check tls-cert, tls-key and tls-client-ca: PEM, a key without password that belongs to the certificate, in date. `vigil config check` tells.',
    exit: 2,
  },
} as const;

export const tlsError = errorFactory(TLS_ERRORS);
