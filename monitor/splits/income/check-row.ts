import { nearestPeriod, slotsOfLedgerDay } from '../ledger/ledger-days.ts';
import type { LedgerChain, LedgerRow, SlotRange } from '../ledger/ledger-port.ts';
import { splitsError } from '../splits-errors.ts';

/** Consensus income of a row without slashing. */
export const dutyIncomeGwei = (row: LedgerRow): bigint =>
  row.attestationGwei + row.syncGwei + row.proposerGwei;

/**
 * Judges every row by itself, before any of it counts: the balance identity holds, the slots are in the day, what the
 * execution layer paid is of these slots.
 */
export class RowCheck {
  readonly #chain: LedgerChain;
  readonly #period: SlotRange;
  readonly #days = new Map<string, SlotRange>();

  constructor(chain: LedgerChain, period: SlotRange) {
    this.#chain = chain;
    this.#period = period;
  }

  /** @throws LEDGER_ROW_INCONSISTENT, LEDGER_NOT_FINALIZED, PERIOD_INVALID */
  check(row: LedgerRow): void {
    if (!row.finalized)
      throw splitsError(
        'LEDGER_NOT_FINALIZED',
        `validator ${row.validatorIndex} on ${row.day} is not finalized`,
      );
    const day = this.#slotsOf(row.day);
    if (row.startSlot > row.endSlot || row.startSlot < day.startSlot || row.endSlot > day.endSlot)
      throw inconsistent(row, `its slots ${row.startSlot} to ${row.endSlot} are not of that day`);
    if (row.startSlot < this.#period.startSlot || row.endSlot > this.#period.endSlot)
      throw splitsError(
        'PERIOD_INVALID',
        `the period begins or ends inside the row of validator ${row.validatorIndex} on ${row.day} (slots ${row.startSlot} to ${row.endSlot}), ` +
          `and rows cannot be cut; the nearest period that fits is ${nearestPeriod(this.#period, this.#chain)}`,
      );
    if (row.slashingGwei > 0n) throw inconsistent(row, 'its slashing is a gain');
    const explained =
      row.openingBalanceGwei +
      dutyIncomeGwei(row) +
      row.slashingGwei -
      row.withdrawalsPartialGwei -
      row.withdrawalsFullGwei +
      row.depositsGwei +
      row.consolidationGwei +
      row.residualGwei;
    if (explained !== row.closingBalanceGwei)
      throw inconsistent(
        row,
        `its parts lead to ${explained} gwei, it closes with ${row.closingBalanceGwei}`,
      );
    for (const { slot } of row.execution)
      if (slot < row.startSlot || slot > row.endSlot)
        throw inconsistent(row, `it has income of slot ${slot}`);
  }

  #slotsOf(day: string): SlotRange {
    let slots = this.#days.get(day);
    if (slots === undefined) {
      slots = slotsOfLedgerDay(day, { startSlot: 0n, endSlot: 2n ** 64n }, this.#chain);
      this.#days.set(day, slots);
    }
    return slots;
  }
}

const inconsistent = (row: LedgerRow, problem: string): Error =>
  splitsError('LEDGER_ROW_INCONSISTENT', `validator ${row.validatorIndex} on ${row.day}: ${problem}`);
