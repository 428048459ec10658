import { keyLifeError } from '../key-life-errors.ts';

/** The largest index of a child (EIP-2333: 32 bits). */
export const MAX_INDEX = 2 ** 32 - 1;

/** The key that signs a validator's duties, and the one that its BLS withdrawal credentials name (EIP-2334). */
export type KeyUse = 'signing' | 'withdrawal';

/** Purpose 12381, coin type 3600: signing keys are one level below the withdrawal key of their validator. */
export function validatorPath(index: number, use: KeyUse): string {
  const withdrawal = `m/12381/3600/${assertIndex(index)}/0`;
  return use === 'withdrawal' ? withdrawal : `${withdrawal}/0`;
}

/**
 * The indices of an EIP-2334 path: `m` and then numbers without leading zeros or hardening marks.
 * @throws KEY_INDEX_INVALID
 */
export function parseKeyPath(path: string): number[] {
  if (!/^m(\/(0|[1-9][0-9]{0,9}))*$/.test(path)) {
    throw keyLifeError('KEY_INDEX_INVALID', 'a path is m and numbers, such as m/12381/3600/0/0/0');
  }
  return path
    .split('/')
    .slice(1)
    .map((part) => assertIndex(Number(part)));
}

/** @throws KEY_INDEX_INVALID */
export function assertIndex(index: number): number {
  if (Number.isSafeInteger(index) && index >= 0 && index <= MAX_INDEX) return index;
  throw keyLifeError('KEY_INDEX_INVALID', `the index of a key must be 0 to ${MAX_INDEX}`);
}
