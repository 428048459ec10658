import { sum } from './amounts.ts';
import { splitsError } from './splits-errors.ts';

/**
 * - `largest-remainder`: the wei that floors leave over go, one each, to the largest remainders; ties to the first in
 *   id order. Every wei is paid, and a larger weight never gets less than a smaller one.
 * - `floor-to`: they all go to one participant, as Rocket Pool and Lido do.
 * - `carry`: they stay in the pool and are split with the next period, as 0xSplits leaves them in its contract.
 */
export type Rounding =
  | { readonly kind: 'largest-remainder' }
  | { readonly kind: 'floor-to'; readonly participant: string }
  | { readonly kind: 'carry' };

export interface Apportioned {
  readonly parts: readonly bigint[];
  /** What no part got: dust with a flooring rule, everything when all weights are zero. */
  readonly rest: bigint;
}

/** Floors: multiply before divide. `rest` is less than the number of parts unless there is no weight at all. */
export function floors(total: bigint, weights: readonly bigint[]): Apportioned {
  const whole = checked(total, weights);
  if (whole === 0n) return { parts: weights.map(() => 0n), rest: total };
  const parts = weights.map((weight) => (total * weight) / whole);
  return { parts, rest: total - sum(parts) };
}

/** Hamilton's method: `rest` is zero unless there is no weight at all. */
export function largestRemainder(total: bigint, weights: readonly bigint[]): Apportioned {
  const { parts, rest } = floors(total, weights);
  const whole = sum(weights);
  if (rest === 0n || whole === 0n) return { parts, rest };
  const order = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const rounded = [...parts];
  // The rest is the sum of the remainders over the whole, so there are always enough of them that are not zero.
  for (const { index } of order.slice(0, Number(rest))) rounded[index] = (rounded[index] ?? 0n) + 1n;
  return { parts: rounded, rest: 0n };
}

function checked(total: bigint, weights: readonly bigint[]): bigint {
  if (total < 0n || weights.some((weight) => weight < 0n))
    throw splitsError('SPLIT_IMPOSSIBLE', 'an amount or a weight to be split is negative');
  return sum(weights);
}
