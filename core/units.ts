import { fromHex, toHex } from './hex.ts';

/**
 * Branded units: a `Slot` cannot be passed where an `Epoch` is wanted. Integers are `bigint` from the wire to
 * the database. Pubkeys and roots are canonical lower-case hex strings: immutable, comparable with `===` and
 * usable as map keys, which byte arrays are not; they become bytes only at SSZ, SQL and BLS.
 */
declare const unit: unique symbol;
type Unit<Base, Name extends string> = Base & { readonly [unit]: Name };

export type Slot = Unit<bigint, 'Slot'>;
export type Epoch = Unit<bigint, 'Epoch'>;
/** 48-byte compressed BLS public key, `0x` and 96 lower-case hex digits. */
export type Pubkey = Unit<string, 'Pubkey'>;
/** 32 bytes, `0x` and 64 lower-case hex digits. */
export type Root = Unit<string, 'Root'>;

export const slot = (value: bigint): Slot => value as Slot;
export const epoch = (value: bigint): Epoch => value as Epoch;

/** @throws BAD_HEX unless `text` is `0x` and 96 hex digits, in any case */
export function parsePubkey(text: unknown, field: string): Pubkey {
  return toHex(fromHex(text, field, 48)) as Pubkey;
}

/** @throws BAD_HEX unless `text` is `0x` and 64 hex digits, in any case */
export function parseRoot(text: unknown, field: string): Root {
  return toHex(fromHex(text, field, 32)) as Root;
}

export const pubkeyFromBytes = (bytes: Uint8Array): Pubkey => ofLength(bytes, 48, 'pubkey') as Pubkey;
export const rootFromBytes = (bytes: Uint8Array): Root => ofLength(bytes, 32, 'root') as Root;

/** @throws BAD_HEX for another number of bytes */
function ofLength(bytes: Uint8Array, length: number, field: string): string {
  return bytes.length === length ? toHex(bytes) : toHex(fromHex(toHex(bytes), field, length));
}

/** Bytes of a pubkey or root, whose text is canonical by its type and not looked at again: this runs for every record. */
export const bytesOf = (value: Pubkey | Root): Uint8Array => Buffer.from(value.slice(2), 'hex');

export const ZERO_ROOT = `0x${'00'.repeat(32)}` as Root;
