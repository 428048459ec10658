import { absolute } from '../amounts.ts';
import type { Pool } from '../config/pool.ts';
import { floors, largestRemainder } from '../rounding.ts';
import type { Allocation } from './allocation.ts';

/**
 * Divides an amount by weight under the pool's rounding rule. A loss is divided as its amount and turned round, so that
 * nobody bears a wei more of a loss than of a gain.
 */
export function divide(
  pool: Pool,
  amountWei: bigint,
  weights: readonly bigint[],
): Pick<Allocation, 'sharesWei' | 'roundingWei' | 'restWei' | 'warnings'> {
  const turn = amountWei < 0n ? -1n : 1n;
  const { rounding } = pool;
  const { parts, rest } =
    rounding.kind === 'largest-remainder'
      ? largestRemainder(absolute(amountWei), weights)
      : floors(absolute(amountWei), weights);
  const nobody = weights.every((weight) => weight === 0n);
  const sink = rounding.kind === 'floor-to' && !nobody ? rounding.participant : null;
  return {
    sharesWei: parts.map((part) => turn * part),
    roundingWei: pool.participants.map(({ id }) => (id === sink ? turn * rest : 0n)),
    restWei: sink === null ? turn * rest : 0n,
    warnings:
      nobody && amountWei !== 0n
        ? ['nobody had any weight in this period: what was to be shared stays in the pool for the next']
        : [],
  };
}
