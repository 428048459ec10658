import { createHash, type Hash } from 'node:crypto';
import { byText } from '../amounts.ts';
import { ROW_AMOUNTS, type DutyCount, type LedgerRow } from '../ledger/ledger-port.ts';

export interface RowDigest {
  readonly rows: number;
  /** sha256 over the day digests in order. */
  readonly hash: string;
  /** One digest a day, so that a difference can be named. */
  readonly days: readonly { readonly day: string; readonly rows: number; readonly hash: string }[];
}

/** Hashing a row at a time costs more than the hash. */
const CHUNK = 1 << 14;

/** A digest of the rows that went in, the same from whichever adapter they came. */
export class RowHash {
  readonly #days = new Map<string, { hash: Hash; rows: number; pending: string }>();

  add(row: LedgerRow): void {
    let day = this.#days.get(row.day);
    if (day === undefined) {
      day = { hash: createHash('sha256'), rows: 0, pending: '' };
      this.#days.set(row.day, day);
    }
    day.pending += canonicalRow(row);
    day.rows += 1;
    if (day.pending.length > CHUNK) {
      day.hash.update(day.pending);
      day.pending = '';
    }
  }

  digest(): RowDigest {
    const days = [...this.#days]
      .sort(([a], [b]) => byText(a, b))
      .map(([day, { hash, rows, pending }]) => ({ day, rows, hash: hash.update(pending).digest('hex') }));
    const all = createHash('sha256');
    for (const { day, hash } of days) all.update(`${day} ${hash}\n`);
    return { rows: days.reduce((total, { rows }) => total + rows, 0), hash: all.digest('hex'), days };
  }
}

/** No field can hold a separator, so no two rows have the same text. */
function canonicalRow(row: LedgerRow): string {
  const { duties } = row;
  let text = `${row.validatorIndex}|${row.pubkey}|${row.tags.join(',')}|${row.day}|${row.startSlot}|${row.endSlot}`;
  for (const name of ROW_AMOUNTS) text += `|${row[name]}`;
  text += `|${count(duties.attestations)}|${count(duties.proposals)}|${count(duties.sync)}`;
  for (const { slot, amountWei, kind, method, confidence } of row.execution)
    text += `|${slot},${amountWei},${kind},${method},${confidence}`;
  return `${text}\n`;
}

const count = ({ assigned, included }: DutyCount): string => `${assigned},${included}`;
