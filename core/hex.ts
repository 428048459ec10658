import { coreError } from './core-errors.ts';

const HEX = /^0x[0-9a-fA-F]*$/;

/** Lower-case `0x` hex of some bytes. */
export function toHex(bytes: Uint8Array): string {
  const buffer =
    bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return `0x${buffer.toString('hex')}`;
}

/**
 * Bytes of a `0x` hex string. Strict where `Buffer.from(text, 'hex')` is silent: that one returns no bytes at
 * all for `"zz"` and for any text that carries the `0x` prefix.
 * @param length expected number of bytes; any even number of digits when left out
 * @throws BAD_HEX naming the field
 */
export function fromHex(text: unknown, field: string, length?: number): Uint8Array {
  if (typeof text !== 'string') throw coreError('BAD_HEX', `${field} must be a 0x hex string`);
  if (!HEX.test(text)) throw coreError('BAD_HEX', `${field} must be 0x followed by hex digits`);
  const digits = text.length - 2;
  if (length === undefined ? digits % 2 !== 0 : digits !== length * 2) {
    const wanted = length === undefined ? 'an even number of' : String(length * 2);
    throw coreError('BAD_HEX', `${field} must have ${wanted} hex digits, it has ${digits}`);
  }
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
}
