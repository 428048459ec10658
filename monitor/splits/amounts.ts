/** Money as exact integers: wei inside, decimal text of ether at the edges, nothing in between. */
export const WEI_PER_ETH = 10n ** 18n;
export const WEI_PER_GWEI = 10n ** 9n;
export const BPS = 10_000n;

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d{1,18}))?$/;

/** Wei of a decimal amount of ether such as `32` or `-0.000000000000000001`; null when it is not one. */
export function parseEth(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const wei = BigInt(whole) * WEI_PER_ETH + BigInt(fraction.padEnd(18, '0'));
  return sign === '-' ? -wei : wei;
}

/** The shortest exact decimal text of ether. */
export function formatEth(wei: bigint): string {
  return formatScaled(wei, 18);
}

/** An integer of units of 10^-decimals as decimal text, without trailing zeros. */
export function formatScaled(value: bigint, decimals: number): string {
  const digits = absolute(value)
    .toString()
    .padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
export const positivePart = (value: bigint): bigint => (value > 0n ? value : 0n);
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export function sum(values: Iterable<bigint>): bigint {
  let total = 0n;
  for (const value of values) total += value;
  return total;
}

/** Byte order, the same in every locale: what `localeCompare` would not be. Ids are ASCII. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
