import type { Root, Slot } from '../../core/units.ts';

/** What a block may be called by. Only a root names the same block for ever. */
export type BlockId = 'head' | 'finalized' | 'genesis' | Slot | Root;

/** What a state may be called by. `Slot`: the state after the block of that slot, if there was one. */
export type StateId = 'head' | 'finalized' | 'justified' | 'genesis' | Slot | Root;

export const idText = (id: BlockId | StateId): string => id.toString();

/** A validator by its index, decimal, or its pubkey. */
export const validatorIdText = (id: bigint | string): string => id.toString();

export const isRoot = (id: BlockId | StateId): id is Root => typeof id === 'string' && id.startsWith('0x');
