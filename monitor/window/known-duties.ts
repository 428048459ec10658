import type { Slot } from '../../core/units.ts';

/**
 * Duties ahead of some validators, as far as the chain has decided them. Each kind is known up to another slot, and
 * beyond that nothing is: not that there is no duty either.
 */
export interface KnownDuties {
  readonly nowSlot: Slot;
  readonly attestations: readonly SlotDuty[];
  /** The first slot that nothing is known of; so for the others. */
  readonly attestationsUntil: Slot;
  readonly proposals: readonly SlotDuty[];
  readonly proposalsUntil: Slot;
  /** After `proposalsUntil`: what the node expects, and the chain may still change (before Fulu). */
  readonly expectedProposals: readonly SlotDuty[];
  readonly sync: readonly SyncStretch[];
  readonly syncUntil: Slot;
}

export interface SlotDuty {
  readonly validatorIndex: number;
  readonly slot: Slot;
}

/** Every slot of it, both ends included, has a sync committee message of these validators. */
export interface SyncStretch {
  readonly startSlot: Slot;
  readonly endSlot: Slot;
  readonly members: readonly { readonly validatorIndex: number; readonly positions: number }[];
}
