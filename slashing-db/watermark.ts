import type { Epoch, Root, Slot } from '../core/units.ts';

/**
 * The highest block a key ever signed or had imported. `signingRoot` is null when it is not known for certain
 * which message that was; a null root equals nothing, not even another null.
 */
export interface BlockWatermark {
  readonly slot: Slot;
  readonly signingRoot: Root | null;
}

/** The highest source and the highest target a key ever signed or had imported, each taken on its own. */
export interface AttestationWatermark {
  readonly source: Epoch;
  readonly target: Epoch;
  readonly signingRoot: Root | null;
}

export interface Watermarks {
  readonly block: BlockWatermark | null;
  readonly attestation: AttestationWatermark | null;
}
