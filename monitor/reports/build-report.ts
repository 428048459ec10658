import type { LedgerChain, LedgerRow, RewardLedger } from '../splits/ledger/ledger-port.ts';
import { parsePeriod, startOfDay } from '../splits/period.ts';
import { CashBook, earnedGwei, type Basis } from './basis.ts';
import { assertConsistent, lineOfRow } from './line-of-row.ts';
import type { Prices } from './price-file.ts';
import { reportError } from './report-errors.ts';
import { ReportGaps } from './report-gaps.ts';
import type { ReportLine } from './report-line.ts';
import { ReportSums, type Grouping, type Trend } from './report-sums.ts';
import { noFindings, warningsOf, type Findings } from './warnings.ts';

/** From a slot until a monitor that is well has its row: finality, and what votes are paid two epochs later. */
const EPOCHS_TO_BE_WRITTEN = 8n;

export interface ReportRequest {
  /** UTC days, both included. */
  readonly from: string;
  readonly to: string;
  readonly by: Grouping;
  readonly basis: Basis;
  /** Null when nobody asked for money. */
  readonly currency: string | null;
  /** Instead of what the ledger knows; null to take that. */
  readonly prices: Prices | null;
  /** Rows with this tag only; null for all. */
  readonly tag: string | null;
}

export interface Report extends ReportRequest {
  readonly network: string;
  readonly lines: readonly ReportLine[];
  /** The sum of the lines, to the wei and to the cent; null without any row. */
  readonly totals: ReportLine | null;
  /** Of the line at the same place. */
  readonly trends: readonly Trend[];
  readonly totalTrend: Trend;
  readonly warnings: readonly string[];
}

/**
 * Adds the rows of the ledger up.
 * @param nowMs Unix milliseconds: what cannot be written down yet is not missing
 * @throws REPORT_PERIOD_INVALID, REPORT_ROW_INCONSISTENT, PERIOD_INVALID, and what the ledger throws
 */
export function buildReport(ledger: RewardLedger, request: ReportRequest, nowMs = Date.now()): Report {
  const { from, to, by, basis, tag } = request;
  assertDays(from, to);
  const range = parsePeriod(`${from}..${to}`, ledger.chain);
  const found = noFindings();
  const clockSlot = slotAt(nowMs, ledger.chain);
  const due = clockSlot - EPOCHS_TO_BE_WRITTEN * ledger.chain.slotsPerEpoch;
  const gaps = new ReportGaps({ ...range, endSlot: range.endSlot < due ? range.endSlot : due });
  const sums = new ReportSums(by);
  const cash = basis === 'cash' ? new CashBook() : null;

  // What was earned before and not withdrawn yet is known from earlier rows only.
  for (const row of ledger.rows(cash === null ? range : { ...range, startSlot: 0n })) {
    if (tag !== null && !row.tags.includes(tag)) continue;
    assertConsistent(row);
    const incomeGwei = cash === null ? earnedGwei(row) : cash.incomeGwei(row);
    if (row.day < from || row.day > to) continue;
    gaps.add(row);
    const line = lineOfRow(row, incomeGwei, priceOf(ledger, request, row.day));
    note(found, row, request.currency !== null && line.fiat === null);
    sums.add(line);
  }
  found.assumedGwei = cash?.assumedGwei ?? 0n;
  const ordered = sums.ordered();
  return {
    ...request,
    network: ledger.chain.network,
    lines: ordered.map(({ line }) => line),
    totals: sums.totals,
    trends: ordered.map(({ trend }) => trend),
    totalTrend: sums.totalTrend,
    warnings: warningsOf(found, gaps.finish(), {
      ...request,
      unfinished: clockSlot <= range.endSlot ? to : null,
    }),
  };
}

function slotAt(nowMs: number, { genesisTimeSeconds, slotDurationMs }: LedgerChain): bigint {
  const sinceGenesisMs = BigInt(Math.floor(nowMs)) - genesisTimeSeconds * 1000n;
  return sinceGenesisMs < 0n ? -1n : sinceGenesisMs / slotDurationMs;
}

/** Of one ether on a day: undefined when nobody asked for money, null when it is not known. */
export function priceOf(
  ledger: Pick<RewardLedger, 'price'>,
  { currency, prices }: Pick<ReportRequest, 'currency' | 'prices'>,
  day: string,
): string | null | undefined {
  if (currency === null) return undefined;
  return prices === null ? ledger.price(day, currency) : (prices.get(day) ?? null);
}

function assertDays(from: string, to: string): void {
  for (const day of [from, to])
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || startOfDay(day) === null)
      throw reportError('REPORT_PERIOD_INVALID', `"${day.slice(0, 40)}" is not a day`);
  if (from > to) throw reportError('REPORT_PERIOD_INVALID', `${from} is after ${to}`);
}

function note(found: Findings, row: LedgerRow, withoutPrice: boolean): void {
  found.rows += 1;
  if (row.residualGwei !== 0n) found.residualRows += 1;
  found.residualGwei += row.residualGwei < 0n ? -row.residualGwei : row.residualGwei;
  for (const { confidence, amountWei } of row.execution) {
    if (confidence !== 'unresolved') continue;
    found.unresolvedBlocks += 1;
    found.unresolvedWei += amountWei;
  }
  if (!row.finalized) found.provisionalRows += 1;
  if (withoutPrice) found.daysWithoutPrice.add(row.day);
}
