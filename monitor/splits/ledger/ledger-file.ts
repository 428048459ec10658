import { isVigilError } from '../../../core/errors.ts';
import { splitsError } from '../splits-errors.ts';
import { LedgerPreamble } from './ledger-preamble.ts';
import type { Checkpoint, Duties, LedgerChain, LedgerRow, RewardLedger, SlotRange } from './ledger-port.ts';
import { readLines } from './read-lines.ts';
import { decodeRow, objectWith, unsigned } from './row-json.ts';

/**
 * A reward ledger exported as JSON Lines (docs/reward-splits.md): a header, facts of the chain, the rows, a trailer
 * with their number. The rows are streamed, and every one is read again each time they are asked for.
 */
export class LedgerFile implements RewardLedger {
  readonly #path: string;
  readonly #preamble: LedgerPreamble;

  /** @throws LEDGER_FILE_INVALID with the line */
  constructor(path: string) {
    this.#path = path;
    this.#preamble = this.#readPreamble();
  }

  get chain(): LedgerChain {
    return this.#preamble.chain;
  }

  *rows(range: SlotRange): Generator<LedgerRow> {
    let count = 0n;
    let ended = false;
    let before: LedgerRow | null = null;
    for (const { kind, value, fail } of this.#lines()) {
      if (ended) throw fail('stands after the end');
      if (kind === 'end') {
        const said = unsigned(objectWith(value, ['rows'], 'end')['rows'], 'end.rows');
        if (said !== count) throw fail(`there should be ${said} rows, there are ${count}`);
        ended = true;
      }
      if (kind !== 'row') {
        // What stands before the rows was read when the file was opened.
        if (count > 0n && kind !== 'end') throw fail(`a line "${kind.slice(0, 64)}" stands among the rows`);
        continue;
      }
      const row = decoded(value, fail);
      if (before !== null) refuseDisorder(before, row, fail);
      before = row;
      count += 1n;
      if (row.endSlot >= range.startSlot && row.startSlot <= range.endSlot) yield row;
    }
    // A copy that was cut short would otherwise be a ledger without its last validators.
    if (!ended)
      throw splitsError(
        'LEDGER_FILE_INVALID',
        `${this.#path} ends without its last line; the copy is cut short`,
      );
  }

  checkpoint(slot: bigint): Checkpoint | null {
    return this.#preamble.checkpoints.get(slot) ?? null;
  }

  networkDuties(day: string): Duties | null {
    return this.#preamble.networkDays.get(day) ?? null;
  }

  price(day: string, currency: string): string | null {
    return this.#preamble.prices.get(`${currency} ${day}`) ?? null;
  }

  #readPreamble(): LedgerPreamble {
    let preamble: LedgerPreamble | null = null;
    for (const { kind, value, fail } of this.#lines()) {
      if (kind === 'row' || kind === 'end') break;
      try {
        if (preamble === null) preamble = new LedgerPreamble(kind, value);
        else preamble.add(kind, value);
      } catch (error) {
        throw fail((error as Error).message);
      }
    }
    if (preamble === null)
      throw splitsError('LEDGER_FILE_INVALID', `${this.#path} does not begin with a header, or is empty`);
    return preamble;
  }

  *#lines(): Generator<{ kind: string; value: unknown; fail: (problem: string) => Error }> {
    let number = 0;
    const fail = (problem: string, cause?: unknown): Error =>
      splitsError('LEDGER_FILE_INVALID', `${this.#path}:${number}: ${problem}`, cause);
    try {
      for (const text of readLines(this.#path)) {
        number += 1;
        yield { ...entry(text, fail), fail };
      }
    } catch (error) {
      if (isVigilError(error)) throw error;
      throw splitsError('LEDGER_FILE_INVALID', `${this.#path}: ${(error as Error).message}`, error);
    }
  }
}

/** Every line is an object with one field, which says what it is. */
function entry(
  text: string,
  fail: (problem: string, cause?: unknown) => Error,
): { kind: string; value: unknown } {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw fail('the line is not JSON', error);
  }
  const [first, second] = typeof line === 'object' && line !== null ? Object.entries(line) : [];
  if (first === undefined || second !== undefined) throw fail('a line must be an object with one field');
  return { kind: first[0], value: first[1] };
}

function decoded(value: unknown, fail: (problem: string) => Error): LedgerRow {
  try {
    return decodeRow(value);
  } catch (error) {
    throw fail((error as Error).message);
  }
}

function refuseDisorder(before: LedgerRow, row: LedgerRow, fail: (problem: string) => Error): void {
  if (row.validatorIndex > before.validatorIndex) return;
  if (row.validatorIndex < before.validatorIndex || row.endSlot < before.startSlot)
    throw fail('rows must be in the order of validator and slot');
  if (row.startSlot <= before.endSlot)
    throw fail(
      `the row of validator ${row.validatorIndex} on ${row.day} overlaps the one before: slots ${row.startSlot} to ${before.endSlot} would count twice`,
    );
}
