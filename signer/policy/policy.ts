import type { GatedType } from '../../core/config/gated-types.ts';
import type { Pubkey } from '../../core/units.ts';

export interface GasLimitRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** What a policy says of all keys or of one; null is any. */
export interface Rules {
  /** 20 bytes each, lower-case `0x` hex. */
  readonly feeRecipients: ReadonlySet<string> | null;
  readonly gasLimit: GasLimitRange | null;
  readonly allow: ReadonlySet<GatedType>;
}

/** `required`: a block is signed only when it proves its fee recipient. */
export const BLOCK_FEE_RECIPIENT = ['checked-if-visible', 'required'] as const;
export type BlockFeeRecipient = (typeof BLOCK_FEE_RECIPIENT)[number];

export interface Policy {
  readonly general: Rules;
  /** What is said of a key takes the place of the same thing in `general`; what is not said stays. */
  readonly keys: ReadonlyMap<Pubkey, Partial<Rules>>;
  readonly blockFeeRecipient: BlockFeeRecipient;
}

/** The policy of a signer without a policy file. */
export const generalPolicy = (allow: readonly GatedType[]): Policy => ({
  general: { feeRecipients: null, gasLimit: null, allow: new Set(allow) },
  keys: new Map(),
  blockFeeRecipient: 'checked-if-visible',
});
