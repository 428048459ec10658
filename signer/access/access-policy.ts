import type { Pubkey } from '../../core/units.ts';
import type { Action } from './actions.ts';
import type { PolicyType } from './type-groups.ts';

/** The access file, read and checked. */
export interface AccessPolicy {
  readonly clients: readonly AccessClient[];
  /** In the order of the file: the first that matches decides; none means no. */
  readonly rules: readonly AccessRule[];
}

export interface AccessClient {
  readonly name: string;
  /** SHA-256 of its bearer token, 32 bytes. With a certificate beside it both are wanted. */
  readonly tokenDigest: Uint8Array | null;
  readonly certificate: CertificateMark | null;
  readonly rateLimit: RateLimit | null;
}

/** By what a client's certificate is known; it has been verified against the client CA before. */
export type CertificateMark =
  | { readonly kind: 'common-name'; readonly value: string }
  /** SHA-256 of the DER certificate, 64 lower-case hex digits. */
  | { readonly kind: 'fingerprint-sha256'; readonly value: string };

export interface RateLimit {
  /** Requests per second that can go on for ever. */
  readonly perSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

export interface AccessRule {
  readonly allow: boolean;
  /** Pattern of the client's name. */
  readonly client: string;
  readonly actions: ReadonlySet<Action>;
  /** Null: every key. */
  readonly keys: ReadonlySet<Pubkey> | null;
  readonly types: ReadonlySet<PolicyType>;
  /** The words of the file that `types` came from. */
  readonly typeWords: readonly string[];
}

/** What somebody wants to do. */
export type AccessQuestion =
  | { readonly action: 'sign'; readonly key: Pubkey; readonly type: PolicyType }
  | { readonly action: 'list-keys' | 'commit-boost'; readonly key: Pubkey }
  | {
      readonly action:
        'keymanager-read' | 'keymanager-write' | 'admin' | 'history-read' | 'freeze' | 'reload';
    };

/**
 * The holder of the token in api-token.txt, which only the owner of the data directory can read. It can do all that
 * the owner can do by other means, unless a rule that names it says otherwise; no `*` means it.
 */
export const OWNER = 'api-token';
export const OWNERS_ACTIONS: readonly Action[] = [
  'list-keys',
  'keymanager-read',
  'keymanager-write',
  'admin',
  'history-read',
  'freeze',
  'reload',
];
