import type Database from 'better-sqlite3';
import { bytesOf, rootFromBytes, slot } from '../../../core/units.ts';
import type { ProposalResult, ProposalVerdict } from '../../model/verdicts.ts';
import { page, type Page, type PageRequest } from '../page.ts';
import { rangeConditions, scopeConditions, type Range, type Scope } from '../scope.ts';

export class ProposalsTable {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT OR IGNORE INTO proposals (slot, validator, result, block_root, fee_recipient, graffiti, reward)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  write(verdict: ProposalVerdict): void {
    const { validatorIndex, result, blockRoot, feeRecipient, graffiti, rewardGwei } = verdict;
    const root = blockRoot === null ? null : bytesOf(blockRoot);
    this.#insert.run(verdict.slot, validatorIndex, result, root, feeRecipient, graffiti, rewardGwei);
  }

  /** By slot. */
  list(slots: Range, scope: Scope, request: PageRequest): Page<ProposalVerdict> {
    const where = [...rangeConditions(slots, 'slot'), ...scopeConditions(scope)];
    return page(this.#db, { table: 'proposals', where, keys: ['slot', 'validator'] }, request, (row) => ({
      validatorIndex: Number(row['validator']),
      slot: slot(row['slot'] as bigint),
      result: row['result'] as ProposalResult,
      blockRoot: row['block_root'] === null ? null : rootFromBytes(row['block_root'] as Uint8Array),
      feeRecipient: row['fee_recipient'] as string | null,
      graffiti: row['graffiti'] as string | null,
      rewardGwei: row['reward'] as bigint | null,
    }));
  }
}
