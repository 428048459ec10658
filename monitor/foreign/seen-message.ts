import type { Epoch, Pubkey, Root, Slot } from '../../core/units.ts';

/** A message on chain with a valid signature of one of our keys. */
export interface SeenMessage {
  readonly pubkey: Pubkey;
  readonly validatorIndex: number;
  readonly kind: 'attestation' | 'block';
  /** Of the duty. */
  readonly slot: Slot;
  /** Of a vote; null for a block. */
  readonly vote: { readonly source: Epoch; readonly target: Epoch } | null;
  readonly signingRoot: Root;
  /** 4 bytes, hex: what the signing root was computed with, for the signer to compare. */
  readonly forkVersion: string;
  /** As {@link ForeignMessage.onChain}. */
  readonly onChain: string;
}

export const idOf = ({ pubkey, signingRoot }: Pick<SeenMessage, 'pubkey' | 'signingRoot'>): string =>
  `${pubkey} ${signingRoot}`;
