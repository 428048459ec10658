import type { DutyWeights, Threshold } from '../config/pool.ts';
import type { DutyCount, Duties } from '../ledger/ledger-port.ts';
import { BPS } from '../amounts.ts';

const NONE: DutyCount = { assigned: 0n, included: 0n };
export const NO_DUTIES: Duties = { attestations: NONE, proposals: NONE, sync: NONE };

export const addDuties = (a: Duties, b: Duties): Duties => ({
  attestations: addCounts(a.attestations, b.attestations),
  proposals: addCounts(a.proposals, b.proposals),
  sync: addCounts(a.sync, b.sync),
});

const addCounts = (a: DutyCount, b: DutyCount): DutyCount =>
  b.assigned === 0n ? a : { assigned: a.assigned + b.assigned, included: a.included + b.included };

/** An exact ratio; the denominator is positive. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

export const ONE: Ratio = { num: 1n, den: 1n };

/**
 * Weighted share of duties done, over the kinds of duty there were: Lido's performance, without its floats.
 * @returns null when there was no duty at all: nothing was done badly
 */
export function performance(duties: Duties, weights: DutyWeights): Ratio | null {
  let [num, den, weight] = [0n, 1n, 0n];
  for (const kind of ['attestations', 'proposals', 'sync'] as const) {
    const { assigned, included } = duties[kind];
    if (assigned === 0n || weights[kind] === 0n) continue;
    num = num * assigned + weights[kind] * included * den;
    den *= assigned;
    weight += weights[kind];
  }
  return weight === 0n ? null : { num, den: den * weight };
}

/** The least performance that counts as good; not below zero. */
export function thresholdRatio(threshold: Threshold, network: Ratio | null): Ratio {
  if (threshold.kind === 'at-least') return { num: threshold.bps, den: BPS };
  const { num, den } = network ?? ONE;
  const lowered = num * BPS - threshold.bps * den;
  return { num: lowered < 0n ? 0n : lowered, den: den * BPS };
}

/** Negative, zero or positive, as `a - b`. */
export function compareRatios(a: Ratio, b: Ratio): -1 | 0 | 1 {
  const [left, right] = [a.num * b.den, b.num * a.den];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Six decimals, floored, for people; never calculated with. */
export function formatRatio({ num, den }: Ratio): string {
  const scaled = (num * 1_000_000n) / den;
  return `${scaled / 1_000_000n}.${(scaled % 1_000_000n).toString().padStart(6, '0')}`;
}
