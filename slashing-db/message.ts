import type { Epoch, Root, Slot } from '../core/units.ts';

/**
 * What the guard is asked to let out. The signing root is computed by the signer from the message, never
 * taken from the client. Everything that cannot be slashed goes through the same door as `unslashable`, so that
 * a deleted key or a poisoned database stops every signature.
 */
export type GuardedMessage = BlockMessage | AttestationMessage | UnslashableMessage;

export interface BlockMessage {
  readonly kind: 'block';
  readonly slot: Slot;
  readonly signingRoot: Root;
}

export interface AttestationMessage {
  readonly kind: 'attestation';
  readonly source: Epoch;
  readonly target: Epoch;
  readonly signingRoot: Root;
}

export interface UnslashableMessage {
  readonly kind: 'unslashable';
  readonly signingRoot: Root;
  /** It moves money or ends a validator: its record is durable before the signature leaves. */
  readonly irrevocable?: true;
  /** The first slot in which an honest client asks for it; left out by what has no time of its own. */
  readonly earliest?: Slot;
}
