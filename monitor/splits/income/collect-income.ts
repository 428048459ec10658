import { currencyOf } from '../currency.ts';
import { slotSpan } from '../config/moments.ts';
import type { IncomePolicy, Pool } from '../config/pool.ts';
import { ledgerDaysOf } from '../ledger/ledger-days.ts';
import type { LedgerChain, LedgerRow, RewardLedger } from '../ledger/ledger-port.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import type { Period } from '../period.ts';
import { splitsError } from '../splits-errors.ts';
import { dutyIncomeGwei, RowCheck } from './check-row.ts';
import { Completeness } from './completeness.ts';
import { addDuties, NO_DUTIES } from './duties.ts';
import type { PeriodIncome, Residual, ValidatorIncome } from './period-income.ts';
import { RowHash } from './row-hash.ts';
import { rowBounds, ValidatorMatcher } from './validator-matcher.ts';

type Growing<T> = { -readonly [K in keyof T]: T[K] extends readonly bigint[] ? bigint[] : T[K] };
type Sums = Growing<ValidatorIncome>;

/**
 * Reads the rows of a period once, checks each, and sums them up. One row in memory at a time.
 * @param before where the validators stood at the end of the period before
 */
export function collectIncome(
  ledger: RewardLedger,
  pool: Pool,
  period: Period,
  before: PayoutState['validators'] = new Map(),
): PeriodIncome {
  const { chain } = ledger;
  const { weiPerGwei } = currencyOf(pool, chain.chainId);
  const matcher = new ValidatorMatcher(pool, chain);
  const check = new RowCheck(chain, period);
  const completeness = new Completeness(period, matcher.spans, before);
  const hash = new RowHash();
  const residual = new ResidualSum();
  const segments = segmentsOf(pool, period, chain);
  const days = new Map(
    ledgerDaysOf(period, chain).map((day) => [day, { clWei: 0n, elWei: 0n, slashingWei: 0n }]),
  );
  const validators: Sums[] = [];
  let current: Sums[] = [];

  for (const row of ledger.rows(period)) {
    const rule = matcher.ruleOf(row);
    if (rule === null) {
      if (before.has(row.validatorIndex) && matcher.hasLeft(row)) completeness.leave(row);
      continue;
    }
    check.check(row);
    completeness.add(row, rule);
    hash.add(row);
    residual.add(row);
    if (current[0]?.validatorIndex !== row.validatorIndex) current = [];
    let sums = current.find((candidate) => candidate.rule === rule);
    if (sums === undefined) {
      sums = newSums(row, rule, segments.length);
      current.push(sums);
      validators.push(sums);
    }
    const segment = segmentAt(segments, row.startSlot);
    if (segment !== segmentAt(segments, row.endSlot)) throw commissionCuts(row, pool, chain);
    const { elWei, heldWei, excludedWei } = executionIncome(row, pool.income);
    const clWei = pool.income.cl ? dutyIncomeGwei(row) * weiPerGwei : 0n;
    const slashingWei = pool.income.cl ? row.slashingGwei * weiPerGwei : 0n;
    sums.clWei[segment] = (sums.clWei[segment] ?? 0n) + clWei;
    sums.elWei[segment] = (sums.elWei[segment] ?? 0n) + elWei;
    sums.slashingWei += slashingWei;
    sums.heldWei += heldWei;
    sums.excludedWei += excludedWei;
    const slots = row.endSlot - row.startSlot + 1n;
    sums.slots += slots;
    sums.effectiveGweiSlots += row.effectiveBalanceGwei * slots;
    sums.duties = addDuties(sums.duties, row.duties);
    const day = days.get(row.day);
    if (day !== undefined) {
      day.clWei += clWei;
      day.elWei += elWei;
      day.slashingWei += slashingWei;
    }
  }

  const opening = period.startSlot === 0n ? null : ledger.checkpoint(period.startSlot - 1n);
  const closing = ledger.checkpoint(period.endSlot);
  const network = networkDays(ledger, [...days.keys()]);
  // Before genesis there is none.
  if (opening === null && period.startSlot > 0n) completeness.gap('the block before the period is not known');
  if (closing === null) completeness.gap('the last block of the period is not known');
  return {
    validators,
    days: [...days].map(([day, sums]) => ({ day, ...sums })),
    segments,
    // Null when a day is missing: an average over the other days would be another threshold.
    network:
      network.length < days.size
        ? null
        : network.reduce((all, { duties }) => addDuties(all, duties), NO_DUTIES),
    networkDays: network,
    opening,
    closing,
    digest: hash.digest(),
    gaps: completeness.finish(pool, (index) => matcher.hasLeftByIndex(index, period.startSlot)),
    ends: completeness.ends(),
    residual: residual.result(),
  };
}

const newSums = (row: LedgerRow, rule: number, segments: number): Sums => ({
  validatorIndex: row.validatorIndex,
  pubkey: row.pubkey,
  rule,
  clWei: new Array<bigint>(segments).fill(0n),
  elWei: new Array<bigint>(segments).fill(0n),
  slashingWei: 0n,
  heldWei: 0n,
  excludedWei: 0n,
  slots: 0n,
  effectiveGweiSlots: 0n,
  duties: NO_DUTIES,
});

function executionIncome(row: LedgerRow, policy: IncomePolicy) {
  let [elWei, heldWei, excludedWei] = [0n, 0n, 0n];
  for (const { amountWei, kind, confidence } of row.execution) {
    if (!policy.el || (kind === 'mev' && !policy.mev)) excludedWei += amountWei;
    else if (confidence !== 'unresolved' || policy.unresolved === 'lower-bound') elWei += amountWei;
    else if (policy.unresolved === 'hold') heldWei += amountWei;
    else excludedWei += amountWei;
  }
  return { elWei, heldWei, excludedWei };
}

/** Where a commission begins or ends inside the period, income before and after is summed apart. */
function segmentsOf(pool: Pool, period: Period, chain: LedgerChain): bigint[] {
  const starts = new Set([period.startSlot]);
  for (const { span } of pool.commission) {
    const { from, to } = slotSpan(span, chain);
    for (const slot of [from, to])
      if (slot !== null && slot > period.startSlot && slot <= period.endSlot) starts.add(slot);
  }
  return [...starts].sort((a, b) => (a < b ? -1 : 1));
}

/** As with the rules of validators: what a row earned before and after a slot in its middle is not known. */
function commissionCuts(
  { validatorIndex, day, startSlot, endSlot }: LedgerRow,
  pool: Pool,
  chain: LedgerChain,
) {
  const cuts = (slot: bigint | null): boolean => slot !== null && slot > startSlot && slot <= endSlot;
  const found = pool.commission.findIndex(({ span }) => {
    const { from, to } = slotSpan(span, chain);
    return cuts(from) || cuts(to);
  });
  const { from } = slotSpan(pool.commission[found]?.span ?? { from: null, to: null }, chain);
  return splitsError(
    'SPLIT_IMPOSSIBLE',
    `commission.${found}.${cuts(from) ? 'from' : 'until'} is inside the row of validator ${validatorIndex} on ${day}, and rows cannot be cut; ` +
      rowBounds({ startSlot, endSlot }, chain),
  );
}

function segmentAt(segments: readonly bigint[], slot: bigint): number {
  let index = segments.length - 1;
  while (index > 0 && slot < (segments[index] ?? 0n)) index -= 1;
  return index;
}

function networkDays(ledger: RewardLedger, days: readonly string[]): PeriodIncome['networkDays'] {
  return days.flatMap((day) => {
    const duties = ledger.networkDuties(day);
    return duties === null ? [] : [{ day, duties }];
  });
}

class ResidualSum {
  #rows = 0;
  #sumGwei = 0n;
  readonly #named: string[] = [];

  add(row: LedgerRow): void {
    if (row.residualGwei === 0n) return;
    this.#rows += 1;
    this.#sumGwei += row.residualGwei;
    if (this.#named.length < 5)
      this.#named.push(`validator ${row.validatorIndex} on ${row.day}: ${row.residualGwei} gwei`);
  }

  result(): Residual {
    return { rows: this.#rows, sumGwei: this.#sumGwei, named: this.#named };
  }
}
