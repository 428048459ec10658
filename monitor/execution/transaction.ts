import { fromHex, toHex } from '../../core/hex.ts';
import { executionError } from './execution-errors.ts';
import { decodeRlp } from './rlp.ts';

/** What a transaction moves, as it is signed. Whether it succeeded and who sent it only receipts tell. */
export interface Transfer {
  /** 20 bytes, lower-case hex; null creates a contract. */
  readonly to: string | null;
  readonly valueWei: bigint;
  readonly hasData: boolean;
}

/** Fields of each type: how many there are, and where `to` is; `value` and `data` follow it. */
const SHAPES: Readonly<Record<number, { readonly fields: number; readonly to: number }>> = {
  0: { fields: 9, to: 3 },
  /** EIP-2930 */
  1: { fields: 11, to: 4 },
  /** EIP-1559 */
  2: { fields: 12, to: 5 },
  /** EIP-4844, as in a block: without its blobs. */
  3: { fields: 14, to: 5 },
  /** EIP-7702 */
  4: { fields: 13, to: 5 },
};

const malformed = (what: string) => executionError('TRANSACTION_MALFORMED', what);

/**
 * Decodes a transaction of an execution payload (EIP-2718).
 * @throws TRANSACTION_MALFORMED, also for types that nobody knew yet
 */
export function decodeTransfer(hex: string): Transfer {
  const bytes = fromHex(hex, 'the transaction');
  // The first byte of a legacy transaction is that of a list.
  const typed = (bytes[0] ?? 0) < 0xc0;
  const type = typed ? (bytes[0] ?? 0) : 0;
  const shape = SHAPES[type];
  if (shape === undefined || (typed && type === 0)) throw malformed(`type ${type} is not known`);
  const fields = decodeRlp(typed ? bytes.subarray(1) : bytes);
  if (fields instanceof Uint8Array || fields.length !== shape.fields) {
    throw malformed(`a transaction of type ${type} has ${shape.fields} fields`);
  }
  const [to, value, data] = fields.slice(shape.to, shape.to + 3);
  if (!(to instanceof Uint8Array) || !(value instanceof Uint8Array) || !(data instanceof Uint8Array)) {
    throw malformed('to, value and data must be bytes');
  }
  if (to.length !== 20 && to.length !== 0) throw malformed(`to must have 20 bytes, it has ${to.length}`);
  if (to.length === 0 && (type === 3 || type === 4)) throw malformed(`type ${type} creates no contract`);
  if (value.length > 32 || value[0] === 0) throw malformed('value must be a canonical uint256');
  return {
    to: to.length === 0 ? null : toHex(to),
    valueWei: value.length === 0 ? 0n : BigInt(toHex(value)),
    hasData: data.length > 0,
  };
}
