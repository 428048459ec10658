import type { OptionContext, OptionRule } from '../becomes.ts';
import { byHand, none, whenOn } from '../becomes.ts';
import { shellQuote } from '../shell-quote.ts';

const CLIENTS = 'each client gets a certificate of its own, see the TLS settings in docs/config.md';

/** Web3Signer wants PKCS#12; Vigil reads PEM. */
export const TLS_OPTIONS: Readonly<Record<string, OptionRule>> = {
  'tls-keystore-file': ({ values }, context) => ({ kind: 'by-hand', todo: toPem(values[0] ?? '', context) }),
  'tls-keystore-password-file': none('a PEM key needs no password; its file is readable for its owner only'),
  'tls-allow-any-client': whenOn(byHand(`clients without a certificate were served; ${CLIENTS}`)),
  'tls-known-clients-file': byHand(`it names clients by the fingerprints of their certificates; ${CLIENTS}`),
  'tls-allow-ca-clients': whenOn(
    byHand(`clients with a certificate of a known authority were served; ${CLIENTS}`),
  ),
};

function toPem(file: string, { other, pathOf }: OptionContext): string {
  const password = other('tls-keystore-password-file');
  // Without a password file openssl asks for the password.
  const passin = password === null ? '' : ` -passin ${shellQuote(`file:${pathOf(password)}`)}`;
  const openssl = `openssl pkcs12 -in ${shellQuote(pathOf(file))}${passin}`;
  return (
    `turn it into PEM: ${openssl} -nokeys -out tls-cert.pem; ` +
    `(umask 077; ${openssl} -nocerts -nodes -out tls-key.pem); then name both in the TLS settings of docs/config.md`
  );
}
