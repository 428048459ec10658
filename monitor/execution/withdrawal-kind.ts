/** `BUILDER_INDEX_FLAG` of the specs since Gloas (EIP-7732): an index with this bit is a builder's. */
const BUILDER_INDEX_FLAG = 2n ** 40n;

export type WithdrawalOwner =
  | { readonly kind: 'validator'; readonly validatorIndex: number }
  /** Its payment for a block, to the proposer's fee recipient, or its own stake that it takes out. */
  | { readonly kind: 'builder'; readonly builderIndex: number };

/** Whose money a withdrawal of a payload is: no validator has an index of 2^40 or more. */
export function withdrawalOwner(index: number): WithdrawalOwner {
  const wide = BigInt(index);
  return wide < BUILDER_INDEX_FLAG
    ? { kind: 'validator', validatorIndex: index }
    : { kind: 'builder', builderIndex: Number(wide - BUILDER_INDEX_FLAG) };
}
