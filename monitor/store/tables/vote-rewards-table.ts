import type Database from 'better-sqlite3';
import { epoch as asEpoch } from '../../../core/units.ts';
import type { VoteReward } from '../../model/epoch-record.ts';
import { REWARD_METHODS } from '../../model/ledger-part.ts';
import type { Row } from '../page.ts';

/** Epochs from a vote to the start of the one that credits it. */
export const CREDITED_AFTER = 2n;

/** Rewards of votes that are known but in no ledger row yet. What is not here any more, or never was, is fetched again. */
export class VoteRewardsTable {
  readonly #insert: Database.Statement;
  readonly #remove: Database.Statement;
  readonly #of: Database.Statement;

  constructor(db: Database.Database) {
    this.#insert = db.prepare(
      'INSERT OR REPLACE INTO vote_rewards (epoch, validator, gwei, ideal_gwei, method) VALUES (?, ?, ?, ?, ?)',
    );
    this.#remove = db.prepare('DELETE FROM vote_rewards WHERE epoch = ? AND validator = ?');
    this.#of = db.prepare('SELECT * FROM vote_rewards WHERE epoch = ? ORDER BY validator');
  }

  write({ epoch, validatorIndex, gwei, idealGwei, method }: VoteReward): void {
    this.#insert.run(epoch, validatorIndex, gwei, idealGwei, REWARD_METHODS.indexOf(method));
  }

  credited(epoch: bigint, validator: number): void {
    this.#remove.run(epoch, validator);
  }

  of(epoch: bigint): VoteReward[] {
    return (this.#of.all(epoch) as Row[]).map((row) => ({
      validatorIndex: Number(row['validator']),
      epoch: asEpoch(row['epoch'] as bigint),
      gwei: row['gwei'] as bigint,
      idealGwei: row['ideal_gwei'] as bigint,
      method: REWARD_METHODS[Number(row['method'])] ?? 'balance',
    }));
  }
}
