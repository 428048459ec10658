import { absolute, formatScaled, WEI_PER_ETH, WEI_PER_GWEI } from '../splits/amounts.ts';

/** Cents of an amount at a price, rounded half away from zero. */
export function fiatCents(amountWei: bigint, price: string): bigint {
  const [whole = '0', fraction = ''] = price.split('.');
  const scaled = BigInt(whole + fraction);
  const divisor = WEI_PER_ETH * 10n ** BigInt(fraction.length);
  const cents = (absolute(amountWei) * scaled * 200n + divisor) / (divisor * 2n);
  return amountWei < 0n ? -cents : cents;
}

/** `12.30`: cents are always two digits. */
export function centsText(cents: bigint): string {
  const digits = absolute(cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const gweiText = (gwei: bigint): string => formatScaled(gwei, 9);
export const weiText = (wei: bigint): string => formatScaled(wei, 18);
export const weiOfGwei = (gwei: bigint): bigint => gwei * WEI_PER_GWEI;
