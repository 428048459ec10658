import type { OptionContext, OptionRule } from '../becomes.ts';
import { byHand, none, whenOn } from '../becomes.ts';
import { shellQuote } from '../shell-quote.ts';

const CLIENT_RULES = 'say in an access-file what each client may do (docs/access.md)';

/** Web3Signer wants PKCS#12; Vigil reads PEM. */
export const TLS_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'tls-keystore-file': ({ values }, context) => ({ kind: 'by-hand', todo: toPem(values[0] ?? '', context) }),
  'tls-keystore-password-file': none('a PEM key needs no password; its file is readable for its owner only'),
  'tls-allow-any-client': whenOn(none('clients need no certificate as long as tls-client-ca is not set')),
  'tls-known-clients-file': byHand(
    'put the certificates of these clients, or that of the authority that made them, into one PEM file and set ' +
      `tls-client-ca to it; each fingerprint is a client's certificate: { fingerprint-sha256: … } there: ${CLIENT_RULES}`,
  ),
  'tls-allow-ca-clients': whenOn(
    byHand(
      'set tls-client-ca to the PEM certificate of the authority: clients without one of its certificates are then refused, ' +
        `unless tls-client-auth says optional or none; ${CLIENT_RULES}`,
    ),
  ),
};

function toPem(file: string, { other, pathOf }: OptionContext): string {
  const password = other('tls-keystore-password-file');
  // Without a password file openssl asks for the password.
  const passin = password === null ? '' : ` -passin ${shellQuote(`file:${pathOf(password)}`)}`;
  const openssl = `openssl pkcs12 -in ${shellQuote(pathOf(file))}${passin}`;
  return (
    `turn it into PEM: ${openssl} -nokeys -out tls-cert.pem; ` +
    `(umask 077; ${openssl} -nocerts -nodes -out tls-key.pem); then set tls-cert and tls-key to the two files`
  );
}
