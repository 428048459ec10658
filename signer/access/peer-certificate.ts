import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PeerCertificate } from './identify-client.ts';

/** The client's certificate, if it showed one that our client CA vouches for. */
export function peerCertificateOf(socket: Socket): PeerCertificate | null {
  // With `optional` client authentication a connection goes on whatever certificate was shown.
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  // From the parsed form: the text form of a subject can be forged with line breaks in a name.
  const name: unknown = socket.getPeerCertificate().subject.CN;
  return {
    commonName: typeof name === 'string' ? name : null,
    fingerprintSha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
