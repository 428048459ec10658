import type Database from 'better-sqlite3';
import { storeError } from './store-errors.ts';

/** Which part of a list is wanted. */
export interface PageRequest {
  /** At most 10,000; 1,000 when nothing is said. */
  readonly limit?: number;
  /** `next` of the page before; the rest of the request must be the same. */
  readonly cursor?: string | null;
  readonly newestFirst?: boolean;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** A part of a WHERE clause with its values. */
export type Condition = readonly [sql: string, ...values: (bigint | number | string | Uint8Array)[]];

export interface List {
  readonly table: string;
  readonly where: readonly Condition[];
  /** Columns of a unique key, in the order of the list. */
  readonly keys: readonly string[];
  /** Of the placeholders in a table that is a query. */
  readonly values?: readonly Condition[number][];
}

const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;

/**
 * One page of a table. The cursor is the key of the last row, so that rows that come and go elsewhere shift nothing.
 * @throws MONITOR_QUERY_INVALID
 */
export function page<T>(
  db: Database.Database,
  { table, where, keys, values = [] }: List,
  request: PageRequest,
  decode: (row: Row) => T,
): Page<T> {
  const limit = limitOf(request);
  const descending = request.newestFirst === true;
  const conditions = [...where];
  const after = cursorOf(request, keys.length);
  if (after !== null)
    conditions.push([
      `(${keys.join(', ')}) ${descending ? '<' : '>'} (${keys.map(() => '?').join(', ')})`,
      ...after,
    ]);
  const rows = db
    .prepare(
      `SELECT ${keys.includes('rowid') ? 'rowid, *' : '*'} FROM ${table}${whereClause(conditions)}
       ORDER BY ${keys.map((key) => `${key}${descending ? ' DESC' : ''}`).join(', ')} LIMIT ?`,
    )
    .all(...values, ...valuesOf(conditions), limit + 1) as Row[];
  const more = rows.length > limit;
  if (more) rows.pop();
  const last = rows.at(-1);
  return {
    rows: rows.map(decode),
    next: more && last !== undefined ? keys.map((key) => (last[key] as bigint).toString()).join('.') : null,
  };
}

/** A row as SQLite gives it; every integer a bigint. */
export type Row = Readonly<Record<string, bigint | string | Uint8Array | null>>;

export const whereClause = (conditions: readonly Condition[]): string =>
  conditions.length === 0 ? '' : ` WHERE ${conditions.map(([sql]) => `(${sql})`).join(' AND ')}`;

export const valuesOf = (conditions: readonly Condition[]): Condition[number][] =>
  conditions.flatMap(([, ...values]) => values);

export function limitOf({ limit = DEFAULT_LIMIT }: PageRequest): number {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw storeError('MONITOR_QUERY_INVALID', `the limit must be between 1 and ${MAX_LIMIT}`);
  return limit;
}

/** The numbers of a cursor, or null for the first page. */
export function cursorOf({ cursor }: PageRequest, length: number): bigint[] | null {
  if (cursor === undefined || cursor === null) return null;
  const parts = cursor.split('.');
  if (parts.length !== length || parts.some((part) => !/^(0|[1-9]\d{0,18})$/.test(part)))
    throw storeError('MONITOR_QUERY_INVALID', 'the cursor is not one of this list');
  return parts.map(BigInt);
}
