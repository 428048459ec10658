import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { AccessClient, CertificateMark } from './access-policy.ts';

export type Identity =
  | { readonly kind: 'client'; readonly name: string }
  /** `why` may be told to the stranger. */
  | { readonly kind: 'stranger'; readonly why: string };

/** A certificate that was verified against the client CA. */
export interface PeerCertificate {
  /** Null when there is none, or more than one. */
  readonly commonName: string | null;
  /** Of the DER certificate, 64 lower-case hex digits. */
  readonly fingerprintSha256: string;
}

/** Compared with in place of a token that was not sent, so that its absence takes no less time. */
const NO_DIGEST = Buffer.alloc(32);

/**
 * Which client sends a request, by bearer token and certificate. A client that has both in the policy must show both.
 * All clients are looked at, whatever is found on the way, so the time tells nothing about where a token stands.
 */
export function identifyClient(
  clients: readonly AccessClient[],
  headers: Pick<IncomingHttpHeaders, 'authorization'>,
  peer: PeerCertificate | null,
): Identity {
  const token = bearerToken(headers.authorization);
  const digest = token === null ? NO_DIGEST : hash('sha256', token, 'buffer');
  const fitting: string[] = [];
  let partly = false;
  for (const { name, tokenDigest, certificate } of clients) {
    const tokenFits = tokenDigest !== null && timingSafeEqual(tokenDigest, digest) && token !== null;
    const certificateFits = certificate !== null && peer !== null && isOf(certificate, peer);
    if ((tokenDigest === null || tokenFits) && (certificate === null || certificateFits)) fitting.push(name);
    else partly ||= tokenFits || certificateFits;
  }
  const [name, other] = fitting;
  if (name !== undefined && other === undefined) return { kind: 'client', name };
  return { kind: 'stranger', why: whyStranger(fitting.length, partly, token, peer) };
}

function whyStranger(
  fitting: number,
  partly: boolean,
  token: string | null,
  peer: PeerCertificate | null,
): string {
  if (fitting > 1) return 'the credentials are those of more than one client';
  if (partly) return 'the client wants both its certificate and its token';
  if (token === null && peer === null) return 'neither a bearer token nor a client certificate was sent';
  if (token === null) return 'the certificate is that of no client';
  return peer === null ? 'the token is that of no client' : 'token and certificate are those of no client';
}

const isOf = ({ kind, value }: CertificateMark, peer: PeerCertificate): boolean =>
  kind === 'common-name' ? peer.commonName === value : peer.fingerprintSha256 === value;

export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? null;
}
