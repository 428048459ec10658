import type { Pubkey, Root, Slot } from '../../core/units.ts';

/** A message on chain that is signed by one of our keys and that our signer did not sign. */
export interface ForeignMessage {
  readonly pubkey: Pubkey;
  readonly validatorIndex: number;
  readonly kind: 'attestation' | 'block';
  /** Of the duty. */
  readonly slot: Slot;
  readonly signingRoot: Root;
  /** The message and the block that has it, as JSON in the Beacon API's words. */
  readonly onChain: string;
  /** What our signer signed for the same duty, as JSON; null when nothing. */
  readonly ours: string | null;
  readonly seenAtMs: bigint;
  /** What was done: `frozen`, or why not. */
  readonly action: string;
}
