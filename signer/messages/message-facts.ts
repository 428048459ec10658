/**
 * What a message says about money and about who signs it, for whoever judges that: the policy. Left out is what the
 * message does not say, or what it is not known to say because only a hash of it was sent.
 */
export interface MessageFacts {
  /** Who gets the fees: 20 bytes as lower-case `0x` hex. */
  readonly feeRecipient?: string;
  /** In place of it, where the recipient is proven without being named: whether it is this one. */
  readonly provesFeeRecipient?: (candidate: string) => boolean;
  /** Of an execution payload, which follows its parent's. */
  readonly gasLimit?: bigint;
  /** What a validator asks builders for. */
  readonly targetGasLimit?: bigint;
  /** The key that the message says it is from: 48 bytes as lower-case `0x` hex. */
  readonly pubkey?: string;
  /** The validator that the message says it is from. */
  readonly validatorIndex?: bigint;
  /** A block that pays fees to somebody and does not show to whom. */
  readonly feeRecipientHidden?: true;
}
