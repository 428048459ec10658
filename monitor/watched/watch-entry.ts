import type { Pubkey } from '../../core/units.ts';

/** A validator by name or by number. */
export type ValidatorId = Pubkey | number;

/** From where the watched validators of one entry come. */
export type WatchSource =
  | { readonly kind: 'ids'; readonly ids: readonly ValidatorId[] }
  /** Text, one pubkey or index a line. */
  | { readonly kind: 'file'; readonly path: string }
  /** A folder with EIP-2335 keystores, at any depth. */
  | { readonly kind: 'keystores'; readonly path: string }
  /** Whatever keys it has, by its publicKeys endpoint. */
  | { readonly kind: 'signer'; readonly url: string; readonly tokenFile: string | null }
  /** 20 bytes, lower-case hex. */
  | { readonly kind: 'withdrawal-address'; readonly address: string };

export interface WatchEntry {
  readonly source: WatchSource;
  /** Null: whatever another entry says, or `default`. */
  readonly group: string | null;
  readonly labels: readonly string[];
  /** For messages: `monitor.yaml line 3`, or `--watch 5`. */
  readonly where: string;
}

export const DEFAULT_GROUP = 'default';
