import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Period } from '../period.ts';
import { splitsError } from '../splits-errors.ts';
import { entryLine, PayoutLedger } from './payout-ledger.ts';
import type { PayoutState } from './payout-state.ts';

export interface Closing {
  readonly pool: string;
  readonly period: Period;
  /** sha256 of the manifest. */
  readonly manifest: string;
  readonly state: PayoutState;
  /** The head of the ledger that the split was computed on. */
  readonly head: string;
  readonly gapsAccepted: boolean;
}

/**
 * Appends a period to the payout ledger. The ledger is read again under the lock, so of two processes that close at the
 * same time one finds the other's entry.
 * @throws PERIOD_CLOSED, PERIOD_OVERLAPS, PERIOD_NOT_NEXT, PAYOUTS_BUSY, PAYOUTS_BROKEN
 */
export function closePeriod(path: string, closing: Closing): void {
  withLock(`${path}.lock`, () => {
    const ledger = new PayoutLedger(path, closing.pool);
    const { period } = closing;
    if (ledger.closed(period) !== null)
      throw splitsError('PERIOD_CLOSED', `${period.label} is closed already`);
    ledger.refuseOverlap(period);
    ledger.refuseOutOfOrder(period, closing.gapsAccepted);
    if (ledger.head !== closing.head)
      throw splitsError('PERIOD_NOT_NEXT', 'another period was closed since this one was computed');
    append(
      path,
      entryLine({
        sequence: ledger.entries.length + 1,
        previous: ledger.head,
        pool: closing.pool,
        period: period.label,
        startSlot: period.startSlot,
        endSlot: period.endSlot,
        manifest: closing.manifest,
        state: closing.state,
      }),
    );
  });
}

function append(path: string, line: string): void {
  const file = openSync(path, 'a', 0o600);
  try {
    writeFileSync(file, `${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // The name of a new file is durable only when its folder is.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function withLock(path: string, act: () => void): void {
  let lock: number;
  try {
    lock = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw splitsError('PAYOUTS_BUSY', `${path} is there`, error);
  }
  try {
    act();
  } finally {
    closeSync(lock);
    rmSync(path, { force: true });
  }
}
