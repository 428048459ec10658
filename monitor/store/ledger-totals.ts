import type Database from 'better-sqlite3';
import { slot, type Slot } from '../../core/units.ts';
import type { LedgerAmounts, LedgerDuties } from '../model/ledger-part.ts';
import { cursorOf, limitOf, valuesOf, whereClause, type Page, type PageRequest, type Row } from './page.ts';
import { scopeConditions, type Scope } from './scope.ts';
import { AMOUNT_COLUMNS, AMOUNTS, DUTIES, DUTY_COLUMNS } from './tables/ledger-columns.ts';
import { dayConditions, type DayRange } from './tables/ledger-table.ts';

/** Rows of the ledger added up. */
export interface LedgerTotal extends LedgerAmounts {
  /** A validator index in digits, the name of a group, or a day. */
  readonly key: string;
  readonly rows: number;
  readonly validators: number;
  readonly startSlot: Slot;
  readonly endSlot: Slot;
  readonly residualGwei: bigint;
  /** Without signs, so that two faults do not make a truth. */
  readonly absoluteResidualGwei: bigint;
  readonly duties: LedgerDuties;
}

const KEYS = { validator: 'validator', group: '"group"', day: 'day' } as const;

/** Only validators come in pages; groups and days are few. @throws MONITOR_QUERY_INVALID */
export function ledgerTotals(
  db: Database.Database,
  days: DayRange,
  by: keyof typeof KEYS,
  scope: Scope,
  request: PageRequest,
): Page<LedgerTotal> {
  const paged = by === 'validator';
  const limit = limitOf(request);
  const [after = null] = (paged ? cursorOf(request, 1) : null) ?? [];
  const where = [
    ...dayConditions(db, days),
    ...scopeConditions(scope),
    ...(after === null ? [] : [['validator > ?', after] as const]),
  ];
  const columns = [...Object.values(AMOUNT_COLUMNS), ...Object.values(DUTY_COLUMNS)];
  const rows = db
    .prepare(
      `SELECT ${KEYS[by]} AS key, count(*) AS rows, count(DISTINCT validator) AS validators,
         min(start_slot) AS start_slot, max(end_slot) AS end_slot, sum(abs(residual)) AS absolute_residual,
         ${columns.map((column) => `sum(${column}) AS ${column}`).join(', ')}
       FROM ledger${by === 'group' ? ' JOIN validators USING (validator)' : ''}${whereClause(where)}
       GROUP BY 1 ORDER BY 1${paged ? ' LIMIT ?' : ''}`,
    )
    .all(...valuesOf(where), ...(paged ? [limit + 1] : [])) as Row[];
  const more = paged && rows.length > limit;
  const totals = (more ? rows.slice(0, limit) : rows).map(decode);
  return { rows: totals, next: more ? (totals.at(-1)?.key ?? null) : null };
}

function decode(row: Row): LedgerTotal {
  const sums = Object.fromEntries(AMOUNTS.map((name) => [name, row[AMOUNT_COLUMNS[name]]]));
  const duties = Object.fromEntries(DUTIES.map((name) => [name, Number(row[DUTY_COLUMNS[name]])]));
  return {
    key: String(row['key']),
    rows: Number(row['rows']),
    validators: Number(row['validators']),
    startSlot: slot(row['start_slot'] as bigint),
    endSlot: slot(row['end_slot'] as bigint),
    absoluteResidualGwei: row['absolute_residual'] as bigint,
    ...(sums as Record<(typeof AMOUNTS)[number], bigint>),
    duties: duties as unknown as LedgerDuties,
  };
}
