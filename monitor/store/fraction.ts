/** An exact sum of parts of one, in lowest terms. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Σ count / divisor. */
export function sumOfInverses(counts: ReadonlyMap<number, bigint>): Fraction {
  let [numerator, denominator] = [0n, 1n];
  for (const [divisor, count] of counts) {
    numerator = numerator * BigInt(divisor) + count * denominator;
    denominator *= BigInt(divisor);
    const common = greatestCommonDivisor(numerator, denominator);
    numerator /= common;
    denominator /= common;
  }
  return { numerator, denominator };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, a % b);
}
