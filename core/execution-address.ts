import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex } from './hex.ts';

/** EIP-55: the letter case of an address is its checksum. */
export function checksumAddress(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const hash = toHex(keccak_256(new TextEncoder().encode(digits))).slice(2);
  const cased = Array.from(digits, (digit, index) =>
    (hash[index] ?? '0') >= '8' ? digit.toUpperCase() : digit,
  );
  return `0x${cased.join('')}`;
}

/** All in one case says nothing; mixed case has to be right. */
export function isChecksummed(address: string): boolean {
  const digits = address.slice(2);
  if (digits === digits.toLowerCase() || digits === digits.toUpperCase()) return true;
  return checksumAddress(address) === address;
}
