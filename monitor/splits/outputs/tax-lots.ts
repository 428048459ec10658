import { positivePart, WEI_PER_ETH } from '../amounts.ts';
import type { Participant, Pool } from '../config/pool.ts';
import { slotsOfLedgerDay } from '../ledger/ledger-days.ts';
import type { LedgerChain, RewardLedger } from '../ledger/ledger-port.ts';
import { dayOfSlot, type Period } from '../period.ts';
import { largestRemainder } from '../rounding.ts';
import { heldWeight } from '../split/weights.ts';
import type { ParticipantLine, SplitResult } from '../split/split-result.ts';

/** Income of one participant on one UTC day. */
export interface TaxLot {
  readonly day: string;
  readonly amountWei: bigint;
  /** Decimal text; null when the ledger has no price of that day: unknown is not zero. */
  readonly price: string | null;
  readonly value: string | null;
}

/**
 * By payout: one lot, on the last day of the period. By accrual: what the period gave is laid over its days as the
 * pool's income of the day and the participant's weight on it; the lots add up to it to the wei. Expenses that are
 * paid back are no reward, whenever that is, and a loss that was shared out comes off the lots that follow it.
 */
export function taxLots(
  pool: Pool,
  period: Period,
  chain: LedgerChain,
  result: SplitResult,
  price: RewardLedger['price'],
): TaxLot[][] {
  const { basis, currency } = pool.tax;
  const prices = new Map<string, string | null>();
  const priced = (day: string, amountWei: bigint): TaxLot => {
    let known = prices.get(day);
    if (known === undefined) {
      known = currency === null ? null : price(day, currency);
      prices.set(day, known);
    }
    return { day, amountWei, price: known, value: known === null ? null : fiatValue(amountWei, known) };
  };
  const lastDay = dayOfSlot(period.endSlot, chain);
  if (basis === 'payout')
    return result.participants.map(({ payoutWei, repaidWei }) =>
      payoutWei > repaidWei ? [priced(lastDay, payoutWei - repaidWei)] : [],
    );
  const days = result.days.map(({ day, clWei, elWei, slashingWei }) => ({
    day,
    incomeWei: positivePart(clWei + elWei + slashingWei),
    slots: slotsOfLedgerDay(day, period, chain),
  }));
  return result.participants.map((line, index) => {
    const weights = dayWeights(pool.participants[index], line);
    return accrued(line.accruedWei, weights, days, lastDay).map(([day, amount]) => priced(day, amount));
  });

  function dayWeights(participant: Participant | undefined, { weight }: ParticipantLine): bigint[] {
    const byTime = pool.weights.kind !== 'validators' && weight > 0n && participant !== undefined;
    return days.map(({ incomeWei, slots }) =>
      byTime ? incomeWei * heldWeight(participant, chain, slots) : incomeWei,
    );
  }
}

function accrued(
  creditWei: bigint,
  weights: readonly bigint[],
  days: readonly { readonly day: string }[],
  lastDay: string,
): [string, bigint][] {
  if (creditWei <= 0n) return [];
  const { parts, rest } = largestRemainder(creditWei, weights);
  if (rest > 0n) return [[lastDay, creditWei]];
  return days.flatMap(({ day }, index): [string, bigint][] => {
    const part = parts[index] ?? 0n;
    return part > 0n ? [[day, part]] : [];
  });
}

/** Rounded half up to two decimals. */
export function fiatValue(amountWei: bigint, price: string): string {
  const [whole = '0', fraction = ''] = price.split('.');
  const scaled = BigInt(whole + fraction);
  const divisor = WEI_PER_ETH * 10n ** BigInt(fraction.length);
  const cents = (amountWei * scaled * 100n * 2n + divisor) / (divisor * 2n);
  return `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}
