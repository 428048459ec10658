import type { Condition } from './page.ts';
import { storeError } from './store-errors.ts';

/** Of whom something is asked; both together mean both. */
export interface Scope {
  readonly validators?: readonly number[];
  readonly group?: string;
}

/** Both ends included; open where nothing is said. */
export interface Range {
  readonly from?: bigint;
  readonly to?: bigint;
}

/** The largest integer of SQLite: nothing that is stored lies beyond. */
export const SQL_MAX = 2n ** 63n - 1n;

export function scopeConditions({ validators, group }: Scope, column = 'validator'): Condition[] {
  const conditions: Condition[] = [];
  const [first, second] = validators ?? [];
  // Only an equality lets SQLite use the index by validator in the order of the list.
  if (first !== undefined && second === undefined) conditions.push([`${column} = ?`, first]);
  else if (validators !== undefined)
    conditions.push([`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(validators)]);
  if (group !== undefined)
    conditions.push([`${column} IN (SELECT validator FROM validators WHERE "group" = ?)`, group]);
  return conditions;
}

export function rangeConditions(range: Range, column: string): Condition[] {
  const { from, to } = boundsOf(range);
  return [
    ...(from === 0n ? [] : [[`${column} >= ?`, from] as const]),
    ...(to === SQL_MAX ? [] : [[`${column} <= ?`, to] as const]),
  ];
}

/** @throws MONITOR_QUERY_INVALID */
export function boundsOf({ from = 0n, to = SQL_MAX }: Range): { from: bigint; to: bigint } {
  if (from < 0n || to < from)
    throw storeError(
      'MONITOR_QUERY_INVALID',
      `there is no range from ${from.toString()} to ${to.toString()}`,
    );
  const fits = (value: bigint): bigint => (value > SQL_MAX ? SQL_MAX : value);
  return { from: fits(from), to: fits(to) };
}
