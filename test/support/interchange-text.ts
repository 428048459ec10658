import { GENESIS_VALIDATORS_ROOT } from './slashing-fixtures.ts';

/** Writes EIP-3076 documents for tests, on purpose without any code of `slashing-db/interchange`. */

export interface BlockEntry {
  readonly slot: string;
  readonly signing_root?: string;
}

export interface AttestationEntry {
  readonly source_epoch: string;
  readonly target_epoch: string;
  readonly signing_root?: string;
}

export interface KeyEntry {
  readonly pubkey: string;
  readonly signed_blocks: readonly BlockEntry[];
  readonly signed_attestations: readonly AttestationEntry[];
}

export const METADATA = {
  interchange_format_version: '5',
  genesis_validators_root: GENESIS_VALIDATORS_ROOT as string,
};

export const blockEntry = (slot: bigint | number, root?: string): BlockEntry =>
  root === undefined ? { slot: slot.toString() } : { slot: slot.toString(), signing_root: root };

export const attEntry = (
  source: bigint | number,
  target: bigint | number,
  root?: string,
): AttestationEntry => ({
  source_epoch: source.toString(),
  target_epoch: target.toString(),
  ...(root === undefined ? {} : { signing_root: root }),
});

export const keyEntry = (
  pubkey: string,
  signed_blocks: readonly BlockEntry[],
  signed_attestations: readonly AttestationEntry[] = [],
): KeyEntry => ({ pubkey, signed_blocks, signed_attestations });

export const documentOf = (...data: readonly KeyEntry[]): string =>
  JSON.stringify({ metadata: METADATA, data });

/** The text as a stream of small chunks, so that values are torn apart at every chunk border. */
export async function* streamOf(text: string, chunkBytes = 61): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
}

/** Upper-case digits behind a lower-case `0x`. */
export const upperCase = (hex: string): string => `0x${hex.slice(2).toUpperCase()}`;
