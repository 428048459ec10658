import { coreError } from './core-errors.ts';

export const UINT64_MAX = 2n ** 64n - 1n;

/** `FAR_FUTURE_EPOCH` of the consensus specs: an epoch that never comes. */
export const FAR_FUTURE_EPOCH = UINT64_MAX;

const DECIMAL = /^(0|[1-9][0-9]{0,19})$/;

/**
 * A uint64 from its wire form, a decimal JSON string.
 * `BigInt()` would also take `""`, `" 5"`, `"0x10"`, `"01"`, `[]` and `true`, and `JSON.parse` has already
 * rounded a JSON number above 2^53, so neither is let in.
 * @throws BAD_INTEGER naming the field
 */
export function parseUint64(text: unknown, field: string): bigint {
  if (typeof text === 'number') {
    throw coreError('BAD_INTEGER', `${field} must be a string of decimal digits, not a JSON number`);
  }
  if (typeof text !== 'string' || !DECIMAL.test(text)) {
    throw coreError('BAD_INTEGER', `${field} must be a string of decimal digits`);
  }
  const value = BigInt(text);
  if (value > UINT64_MAX) throw coreError('BAD_INTEGER', `${field} must be at most ${UINT64_MAX.toString()}`);
  return value;
}
