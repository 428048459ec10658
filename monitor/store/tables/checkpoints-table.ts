import type Database from 'better-sqlite3';
import { bytesOf, rootFromBytes, slot, type Slot } from '../../../core/units.ts';
import type { ChainCheckpoint, EpochRecord } from '../../model/epoch-record.ts';
import type { Row } from '../page.ts';
import { storeError } from '../store-errors.ts';

/**
 * The last blocks at the ends of ledger rows. One is stored with the slot it was the last block by, because a block alone
 * does not say how long no other came after it.
 */
export class CheckpointsTable {
  readonly #insert: Database.Statement;
  readonly #at: Database.Statement;
  readonly #by: Database.Statement;

  constructor(db: Database.Database) {
    this.#insert = db.prepare(
      'INSERT INTO checkpoints (at_slot, slot, block_root, state_root, execution_block) VALUES (?, ?, ?, ?, ?)',
    );
    this.#at = db.prepare('SELECT * FROM checkpoints WHERE at_slot = ?');
    this.#by = db.prepare(
      'SELECT * FROM checkpoints WHERE at_slot >= ? AND slot <= ? ORDER BY at_slot LIMIT 1',
    );
  }

  /** @throws MONITOR_CHECKPOINT_CLASH */
  write({ checkpoints, parts }: EpochRecord): void {
    const ascending = [...checkpoints].sort((a, b) => (a.slot < b.slot ? -1 : 1));
    const ends = new Set<bigint>(ascending.map(({ slot }) => slot));
    for (const { startSlot, endSlot } of parts) ends.add(endSlot).add(startSlot - 1n);
    for (const end of ends) {
      const last = ascending.findLast(({ slot }) => slot <= end);
      if (last !== undefined) this.#put(end, last);
    }
  }

  /** The last block at or before a slot, where that is certain. */
  at(wanted: Slot | bigint): ChainCheckpoint | null {
    const row = this.#by.get(wanted, wanted) as Row | undefined;
    return row === undefined ? null : decode(row);
  }

  #put(end: bigint, { slot, blockRoot, stateRoot, executionBlock }: ChainCheckpoint): void {
    const found = this.#at.get(end) as Row | undefined;
    if (found === undefined) {
      this.#insert.run(end, slot, bytesOf(blockRoot), bytesOf(stateRoot), executionBlock);
      return;
    }
    const known = decode(found);
    if (known.slot === slot && known.blockRoot === blockRoot) return;
    throw storeError(
      'MONITOR_CHECKPOINT_CLASH',
      `the last block by slot ${end.toString()} was ${known.blockRoot} of slot ${known.slot.toString()} and is now ` +
        `${blockRoot} of slot ${slot.toString()}`,
    );
  }
}

const decode = (row: Row): ChainCheckpoint => ({
  slot: slot(row['slot'] as bigint),
  blockRoot: rootFromBytes(row['block_root'] as Uint8Array),
  stateRoot: rootFromBytes(row['state_root'] as Uint8Array),
  executionBlock: row['execution_block'] as bigint,
});
