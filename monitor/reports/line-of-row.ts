import type { LedgerRow } from '../splits/ledger/ledger-port.ts';
import { fiatCents, weiOfGwei } from './amounts.ts';
import { earnedGwei } from './basis.ts';
import { reportError } from './report-errors.ts';
import type { LineName, ReportLine } from './report-line.ts';

/** A line with its full name. */
export interface RowLine extends ReportLine {
  readonly name: Required<LineName>;
}

/**
 * The line of one validator's row.
 * @param incomeGwei consensus income by the basis of the report
 * @param price of the day; null when it is not known, undefined when nobody asked for money
 */
export function lineOfRow(row: LedgerRow, incomeGwei: bigint, price: string | null | undefined): RowLine {
  const elIncomeWei = row.execution.reduce((sum, { amountWei }) => sum + amountWei, 0n);
  return {
    name: {
      validatorIndex: row.validatorIndex,
      pubkey: row.pubkey,
      day: row.day,
      group: groupOf(row),
    },
    firstDay: row.day,
    lastDay: row.day,
    rows: 1,
    attestationGwei: row.attestationGwei,
    idealAttestationGwei: row.idealAttestationGwei ?? null,
    syncGwei: row.syncGwei,
    proposerGwei: row.proposerGwei,
    slashingGwei: row.slashingGwei,
    clIncomeGwei: incomeGwei,
    elIncomeWei,
    el: {
      methods: [...new Set(row.execution.map(({ method }) => method))].sort(),
      confidence: worstOf(row),
      blocks: row.execution.length,
      unresolvedBlocks: row.execution.filter(({ confidence }) => confidence === 'unresolved').length,
    },
    withdrawalsPartialGwei: row.withdrawalsPartialGwei,
    withdrawalsFullGwei: row.withdrawalsFullGwei,
    depositsGwei: row.depositsGwei,
    consolidationGwei: row.consolidationGwei,
    residualGwei: row.residualGwei,
    duties: row.duties,
    fiat: fiatOf(weiOfGwei(incomeGwei), elIncomeWei, price),
    finalized: row.finalized,
  };
}

/** The first tag, so that a validator with several counts once. */
export const groupOf = ({ tags }: LedgerRow): string => tags[0] ?? 'default';

/** @throws REPORT_ROW_INCONSISTENT unless the balance identity holds */
export function assertConsistent(row: LedgerRow): void {
  const explained =
    row.openingBalanceGwei +
    earnedGwei(row) -
    row.withdrawalsPartialGwei -
    row.withdrawalsFullGwei +
    row.depositsGwei +
    row.consolidationGwei +
    row.residualGwei;
  if (explained !== row.closingBalanceGwei)
    throw reportError(
      'REPORT_ROW_INCONSISTENT',
      `validator ${row.validatorIndex} on ${row.day}: its parts lead to ${explained} gwei, it closes with ${row.closingBalanceGwei}`,
    );
}

/** A day without income needs no price: it is worth nothing at any. */
function fiatOf(clWei: bigint, elWei: bigint, price: string | null | undefined): ReportLine['fiat'] {
  if (price === undefined) return null;
  if (clWei === 0n && elWei === 0n) return { clCents: 0n, elCents: 0n };
  if (price === null) return null;
  return { clCents: fiatCents(clWei, price), elCents: fiatCents(elWei, price) };
}

function worstOf({ execution }: LedgerRow): ReportLine['el']['confidence'] {
  const has = (wanted: string): boolean => execution.some(({ confidence }) => confidence === wanted);
  if (has('unresolved')) return 'unresolved';
  if (has('probable')) return 'probable';
  return has('exact') ? 'exact' : null;
}
