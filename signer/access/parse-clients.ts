import { parseUint64 } from '../../core/uint64.ts';
import type { ClientEntry } from './access-file-shape.ts';
import { OWNER, type AccessClient, type CertificateMark, type RateLimit } from './access-policy.ts';
import type { PathInFile, YamlWithPlaces } from './yaml-with-places.ts';

type Fault = YamlWithPlaces['fault'];

/** What a name may be made of: it stands in metrics, logs and the history, and next to the wildcard of a rule. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const MAX_RATE = 1_000_000n;

/** @throws ACCESS_FILE_INVALID; two clients that could be mistaken for one another are refused */
export function parseClients(entries: readonly ClientEntry[], fault: Fault): AccessClient[] {
  const seen = new Map<string, string>();
  const unique = (what: string, value: string, name: string, path: PathInFile): void => {
    const other = seen.get(`${what} ${value}`);
    if (other !== undefined) throw fault(path, `client ${other} has the same ${what}`);
    seen.set(`${what} ${value}`, name);
  };
  return entries.map((entry, index) => {
    const path: PathInFile = ['clients', index];
    const { name } = entry;
    if (!NAME.test(name)) {
      throw fault([...path, 'name'], 'must be 1 to 64 letters, digits, dots, dashes and underscores');
    }
    if (name === OWNER) throw fault([...path, 'name'], `${OWNER} is the owner of the data directory`);
    unique('name', name, name, [...path, 'name']);
    const token = entry['token-sha256'];
    const digest = token === undefined ? null : hexDigest(token, [...path, 'token-sha256'], fault);
    if (digest !== null) unique('token', digest, name, [...path, 'token-sha256']);
    const certificate = certificateMark(entry.certificate, [...path, 'certificate'], fault);
    if (certificate !== null) {
      unique('certificate', `${certificate.kind} ${certificate.value}`, name, [...path, 'certificate']);
    }
    if (digest === null && certificate === null) {
      throw fault(path, 'a client wants a token-sha256 or a certificate, or nobody could be it');
    }
    return {
      name,
      tokenDigest: digest === null ? null : Buffer.from(digest, 'hex'),
      certificate,
      rateLimit: rateLimit(entry['rate-limit'], [...path, 'rate-limit'], fault),
    };
  });
}

/** 64 hex digits, as openssl, sha256sum and browsers write them: in any case, with or without colons. */
function hexDigest(text: string, path: PathInFile, fault: Fault): string {
  const digits = text.replaceAll(':', '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  // The text is not repeated: somebody may have put the token itself there.
  throw fault(path, 'must be 64 hex digits, a SHA-256');
}

function certificateMark(
  entry: ClientEntry['certificate'],
  path: PathInFile,
  fault: Fault,
): CertificateMark | null {
  if (entry === undefined) return null;
  const { 'common-name': name, 'fingerprint-sha256': fingerprint } = entry;
  if ((name === undefined) === (fingerprint === undefined)) {
    throw fault(path, 'must have either common-name or fingerprint-sha256');
  }
  if (name !== undefined) return { kind: 'common-name', value: name };
  const value = hexDigest(fingerprint ?? '', [...path, 'fingerprint-sha256'], fault);
  return { kind: 'fingerprint-sha256', value };
}

function rateLimit(entry: ClientEntry['rate-limit'], path: PathInFile, fault: Fault): RateLimit | null {
  if (entry === undefined) return null;
  const number = (text: string, field: string): number => {
    const at = [...path, field];
    try {
      const value = parseUint64(text, field);
      if (value >= 1n && value <= MAX_RATE) return Number(value);
    } catch {
      // Said below, with the place.
    }
    throw fault(at, `must be a whole number from 1 to ${MAX_RATE}`);
  };
  const perSecond = number(entry['per-second'], 'per-second');
  return { perSecond, burst: entry.burst === undefined ? perSecond : number(entry.burst, 'burst') };
}
