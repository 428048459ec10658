import type { LedgerRow, SlotRange } from '../splits/ledger/ledger-port.ts';

const NAMED = 10;

/**
 * Follows each validator's rows through the days of the report, which must touch each other. Missing may be the time
 * before its first balance and after its last.
 */
export class ReportGaps {
  readonly #range: SlotRange;
  readonly #named: string[] = [];
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
        this.#gap(row, `before ${row.day}`);
    } else if (last.endSlot + 1n !== row.startSlot) {
      this.#gap(row, `between ${last.day} and ${row.day}`);
    } else if (last.closingBalanceGwei !== row.openingBalanceGwei) {
      this.#gap(row, `that lead from the balance of ${last.day} to that of ${row.day}`);
    }
    this.#last = row;
  }

  finish(): { readonly count: number; readonly named: readonly string[] } {
    this.#end();
    return { count: this.#count, named: this.#named };
  }

  #end(): void {
    const last = this.#last;
    if (last !== null && last.endSlot < this.#range.endSlot && last.closingBalanceGwei !== 0n)
      this.#gap(last, `after ${last.day}`);
    this.#last = null;
  }

  #gap({ validatorIndex }: LedgerRow, where: string): void {
    this.#count += 1;
    if (this.#named.length < NAMED) this.#named.push(`validator ${validatorIndex} has no rows ${where}`);
  }
}
