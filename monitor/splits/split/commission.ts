import { BPS, formatEth, larger, positivePart, smaller, sum } from '../amounts.ts';
import { currencyOf } from '../currency.ts';
import { slotSpan } from '../config/moments.ts';
import type { Commission, Pool, Rate } from '../config/pool.ts';
import {
  addDuties,
  compareRatios,
  formatRatio,
  NO_DUTIES,
  performance,
  thresholdRatio,
  type Ratio,
} from '../income/duties.ts';
import type { PeriodIncome } from '../income/period-income.ts';
import type { LedgerChain } from '../ledger/ledger-port.ts';
import { largestRemainder } from '../rounding.ts';
import { splitsError } from '../splits-errors.ts';
import type { Pot } from './pot.ts';
import type { CommissionLine, CountedIncome } from './split-result.ts';
import { networkFor, type Standing } from './standing.ts';

/**
 * Who earns what before the stakers. A commission's income is what its validators earned on its basis while it was in
 * force. Its base is the same part of the distributable as that income is of all income, so that expenses and losses
 * lower every commission alike; it is never more than the distributable. Where some operators lost, what the others
 * earned may be more than there is: then their bases are lowered in proportion, and so are commissions that would still
 * be more than there is together.
 */
export function commissions(
  pool: Pool,
  chain: LedgerChain,
  income: PeriodIncome,
  standings: readonly Standing[],
  pot: Pot,
): CommissionLine[] {
  const network = networkFor(pool, income);
  const runBy = new Map(pot.adjustments.map((line) => [line, operatorOf(line, pool, chain, standings)]));
  const available = positivePart(pot.distributableWei);
  const bases = pool.commission.map((commission) => {
    const scope =
      commission.of === 'pool' ? standings : standings.filter(({ operator }) => operator === commission.to);
    const counted = incomeIn(commission, chain, income, scope, pot, runBy);
    const incomeWei = positivePart(
      counted.clWei + counted.elWei - counted.loweredWei + counted.adjustmentsWei,
    );
    const wholeWei = available === 0n ? 0n : smaller(available, (incomeWei * available) / pot.grossWei);
    return { commission, scope, counted, incomeWei, wholeWei };
  });
  const togetherWei = ownBases(bases);
  const lines = bases.map(({ commission, scope, counted, incomeWei, wholeWei }, index) => {
    const lowered = commission.of === 'own-validators' && togetherWei > available;
    const baseWei = lowered ? (wholeWei * available) / togetherWei : wholeWei;
    const withheld = withheldBy(commission, pool, scope, network);
    const earnedWei = withheld === null ? amountAt(commission.rate, baseWei) : 0n;
    return {
      ...{ to: commission.to, rule: ruleName(commission, index), counted, incomeWei, baseWei },
      basesWei: lowered ? togetherWei : null,
      rate: rateName(commission.rate, currencyOf(pool, chain.chainId).unit),
      ...{ earnedWei, withheld },
    };
  });
  const earned = lines.map(({ earnedWei }) => earnedWei);
  const paid = sum(earned) > available ? largestRemainder(available, earned).parts : earned;
  return lines.map((line, index) => ({ ...line, amountWei: paid[index] ?? 0n }));
}

/** The bases of all operators on their own validators; of lines on the same ones, the largest. */
function ownBases(bases: readonly { readonly commission: Commission; readonly wholeWei: bigint }[]): bigint {
  const byOperator = new Map<string, bigint>();
  for (const { commission, wholeWei } of bases)
    if (commission.of === 'own-validators')
      byOperator.set(commission.to, larger(byOperator.get(commission.to) ?? 0n, wholeWei));
  return sum(byOperator.values());
}

function incomeIn(
  { span, basis, of, to: operator }: Commission,
  chain: LedgerChain,
  { segments }: PeriodIncome,
  scope: readonly Standing[],
  { adjustments }: Pot,
  runBy: ReadonlyMap<DatedAdjustment, string | null>,
): CountedIncome {
  const { from, to } = slotSpan(span, chain);
  const inForce = (slot: bigint): boolean => (from === null || slot >= from) && (to === null || slot < to);
  const counted = segments.map(inForce);
  let [clWei, elWei, loweredWei] = [0n, 0n, 0n];
  for (const { income, factor } of scope) {
    let [ownCl, ownEl] = [0n, 0n];
    counted.forEach((counts, segment) => {
      if (!counts) return;
      if (basis !== 'el') ownCl += income.clWei[segment] ?? 0n;
      if (basis !== 'cl') ownEl += income.elWei[segment] ?? 0n;
    });
    const own = ownCl + ownEl;
    clWei += ownCl;
    elWei += ownEl;
    // What a validator lost counts in full; only what it earned is lowered.
    if (own > 0n) loweredWei += own - (own * factor.num) / factor.den;
  }
  const late = adjustments.filter(
    (line) =>
      (basis === 'all' || line.basis === basis) &&
      inForce(line.slot) &&
      (of === 'pool' || runBy.get(line) === operator),
  );
  return {
    validators: new Set(scope.map(({ income: { validatorIndex } }) => validatorIndex)).size,
    clWei,
    elWei,
    loweredWei,
    adjustmentsWei: sum(late.map(({ amountWei }) => amountWei)),
  };
}

type DatedAdjustment = Pot['adjustments'][number];

/**
 * Who runs the validator whose income an adjustment is, by the rule in force on its date; null without a validator.
 * @throws SPLIT_IMPOSSIBLE for one that has no rows in the period
 */
function operatorOf(
  { label, validator, slot }: DatedAdjustment,
  pool: Pool,
  chain: LedgerChain,
  standings: readonly Standing[],
): string | null {
  if (validator === null) return null;
  const own = standings.filter(({ income }) => income.validatorIndex === validator);
  const inForce = own.find(({ income: { rule } }) => {
    const { from, to } = slotSpan(pool.validators[rule] ?? { from: null, to: null }, chain);
    return (from === null || slot >= from) && (to === null || slot < to);
  });
  const found = inForce ?? own.at(-1);
  if (found === undefined)
    throw splitsError(
      'SPLIT_IMPOSSIBLE',
      `the adjustment "${label}" is of a validator that has no rows in this period; date it into one in which it has, or leave out validator`,
    );
  return found.operator;
}

/** Tiers are bounds of the base of one period. Multiply before divide, and divide once. */
export function amountAt({ kind, tiers }: Rate, baseWei: bigint): bigint {
  if (kind === 'flat') {
    const tier = tiers.find(({ upToWei }) => upToWei === null || baseWei <= upToWei);
    return (baseWei * (tier?.bps ?? 0n)) / BPS;
  }
  let [weighted, below] = [0n, 0n];
  for (const { upToWei, bps } of tiers) {
    const top = upToWei === null ? baseWei : smaller(upToWei, baseWei);
    if (top <= below) break;
    weighted += (top - below) * bps;
    below = top;
  }
  return weighted / BPS;
}

function withheldBy(
  { condition }: Commission,
  { performance: { weights } }: Pool,
  scope: readonly Standing[],
  network: Ratio | null,
): string | null {
  if (condition === null) return null;
  const together = performance(
    scope.reduce((total, { income }) => addDuties(total, income.duties), NO_DUTIES),
    weights,
  );
  const least = thresholdRatio(condition, network);
  if (together === null || compareRatios(together, least) >= 0) return null;
  return `performance ${formatRatio(together)} is below ${formatRatio(least)}`;
}

const ruleName = ({ of, basis }: Commission, index: number): string =>
  `commission.${index}: on ${basis === 'all' ? 'all income' : basis === 'cl' ? 'consensus income' : 'execution income'} of ` +
  (of === 'pool' ? 'the pool' : 'own validators');

const percent = (bps: bigint): string => `${formatScaledBps(bps)}%`;
const formatScaledBps = (bps: bigint): string =>
  bps % 100n === 0n
    ? `${bps / 100n}`
    : `${bps / 100n}.${(bps % 100n).toString().padStart(2, '0').replace(/0$/, '')}`;

export function rateName({ kind, tiers }: Rate, unit = 'ETH'): string {
  const [only] = tiers;
  if (tiers.length === 1 && only !== undefined) return percent(only.bps);
  const parts = tiers.map(({ upToWei, bps }) =>
    upToWei === null ? `${percent(bps)} above` : `${percent(bps)} up to ${formatEth(upToWei)} ${unit}`,
  );
  return `${kind === 'marginal' ? 'slice by slice' : 'all at one tier'}: ${parts.join(', ')}`;
}
