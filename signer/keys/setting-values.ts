import { coreError } from '../../core/core-errors.ts';
import { fromHex, toHex } from '../../core/hex.ts';
import { parseUint64 } from '../../core/uint64.ts';

const ADDRESS_BYTES = 20;

/**
 * An execution address in canonical form; letter case, which may be a checksum, is not looked at.
 * @throws BAD_HEX, also for the zero address: what is paid to it is lost, so nobody means it
 */
export function parseFeeRecipient(text: unknown, field: string): string {
  const bytes = fromHex(text, field, ADDRESS_BYTES);
  if (bytes.every((byte) => byte === 0)) throw coreError('BAD_HEX', `${field} must not be the zero address`);
  return toHex(bytes);
}

/** @throws BAD_INTEGER, also for zero: a block without gas holds nothing */
export function parseGasLimit(text: unknown, field: string): bigint {
  const limit = parseUint64(text, field);
  if (limit === 0n) throw coreError('BAD_INTEGER', `${field} must not be 0`);
  return limit;
}
