import { SecretKey } from '@chainsafe/blst';
import { sha256 } from './shuffle.ts';

const CURVE_ORDER = 52435875175126190479447740508185965837690552500527637822603658699938581184513n;
const known: SecretKey[] = [];

/**
 * The well-known keys of test networks: secret key i is SHA-256 of i as 32 little-endian bytes, read as a
 * little-endian integer, modulo the curve order. Everybody knows them; they are worth nothing.
 */
export function interopSecretKey(index: number): SecretKey {
  return (known[index] ??= SecretKey.fromBytes(interopSecretBytes(index)));
}

/** 32 bytes, big-endian, as keystores hold it. */
export function interopSecretBytes(index: number): Uint8Array {
  const input = Buffer.alloc(32);
  input.writeUInt32LE(index);
  const littleEndian = Buffer.from(sha256(input)).toReversed();
  const secret = BigInt(`0x${Buffer.from(littleEndian).toString('hex')}`) % CURVE_ORDER;
  return new Uint8Array(Buffer.from(secret.toString(16).padStart(64, '0'), 'hex'));
}
