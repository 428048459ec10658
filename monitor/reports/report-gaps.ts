import type { LedgerRow, SlotRange } from '../splits/ledger/ledger-port.ts';

/** Validators that are named for one gap, and gaps that are told. */
const NAMED = 10;

/**
 * Follows each validator's rows through the days of the report, which must touch each other. Missing may be the time
 * before its first balance and after its last.
 */
export class ReportGaps {
  readonly #range: SlotRange;
  /** By where it is: in a ledger that ends early it is the same for all validators. */
  readonly #gaps = new Map<string, bigint[]>();
  #count = 0;
  #last: LedgerRow | null = null;

  constructor(range: SlotRange) {
    this.#range = range;
  }

  /** In the order of validator and slot. */
  add(row: LedgerRow): void {
    const last = this.#last;
    if (last?.validatorIndex !== row.validatorIndex) {
      this.#end();
      if (row.startSlot > this.#range.startSlot && row.openingBalanceGwei !== 0n)
        this.#gap(row, `before slot ${row.startSlot} of ${row.day}, and had a balance then`);
    } else if (last.endSlot + 1n !== row.startSlot) {
      this.#gap(row, `between ${last.day} and ${row.day}`);
    } else if (last.closingBalanceGwei !== row.openingBalanceGwei) {
      this.#gap(row, `that lead from the balance of ${last.day} to that of ${row.day}`);
    }
    this.#last = row;
  }

  finish(): { readonly count: number; readonly named: readonly string[] } {
    this.#end();
    const untold = this.#gaps.size - NAMED;
    const named = [...this.#gaps].slice(0, NAMED).map(described);
    return { count: this.#count, named: untold > 0 ? [...named, `and at ${untold} other places`] : named };
  }

  #end(): void {
    const last = this.#last;
    if (last !== null && last.endSlot < this.#range.endSlot && last.closingBalanceGwei !== 0n)
      this.#gap(last, `after slot ${last.endSlot} of ${last.day}`);
    this.#last = null;
  }

  #gap({ validatorIndex }: LedgerRow, where: string): void {
    this.#count += 1;
    const found = this.#gaps.get(where);
    if (found === undefined) this.#gaps.set(where, [validatorIndex]);
    else found.push(validatorIndex);
  }
}

function described([where, indices]: readonly [string, readonly bigint[]]): string {
  if (indices.length === 1) return `validator ${indices[0] ?? ''} has no rows ${where}`;
  const more = indices.length - NAMED;
  return `validators ${indices.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''} have no rows ${where}`;
}
