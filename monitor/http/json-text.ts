import { FAR_FUTURE_EPOCH } from '../../core/uint64.ts';

/** Slots, epochs and amounts are decimal strings, as in every Ethereum API: JSON numbers end at 2^53 in most languages. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));

/** An epoch that never comes is null. */
export const orNever = (epoch: bigint): bigint | null => (epoch === FAR_FUTURE_EPOCH ? null : epoch);
