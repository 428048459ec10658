import type Database from 'better-sqlite3';
import type { ValidatorState, ValidatorStatus } from '../../../beacon/index.ts';
import { FAR_FUTURE_EPOCH } from '../../../core/uint64.ts';
import { bytesOf, epoch as asEpoch, pubkeyFromBytes, type Epoch } from '../../../core/units.ts';
import type { Row } from '../page.ts';

/** The state of a validator as it was last seen. */
export interface SeenState extends ValidatorState {
  readonly epoch: Epoch;
}

/** So that a restart knows what it saw before, and finds every change since. */
export class StatusesTable {
  readonly #put: Database.Statement;
  readonly #of: Database.Statement;

  constructor(db: Database.Database) {
    this.#put = db.prepare(
      `INSERT INTO statuses (validator, epoch, pubkey, status, balance, effective_balance, slashed, credentials,
         activation_eligibility, activation, exit, withdrawable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (validator) DO UPDATE SET epoch = excluded.epoch, pubkey = excluded.pubkey,
         status = excluded.status, balance = excluded.balance, effective_balance = excluded.effective_balance,
         slashed = excluded.slashed, credentials = excluded.credentials,
         activation_eligibility = excluded.activation_eligibility, activation = excluded.activation,
         exit = excluded.exit, withdrawable = excluded.withdrawable
       WHERE excluded.epoch >= statuses.epoch`,
    );
    this.#of = db.prepare('SELECT * FROM statuses WHERE validator = ?');
  }

  /** An older state than the one that is there changes nothing. */
  put(epoch: Epoch, state: ValidatorState): void {
    this.#put.run(
      state.index,
      epoch,
      bytesOf(state.pubkey),
      state.status,
      state.balanceGwei,
      state.effectiveBalanceGwei,
      Number(state.slashed),
      state.withdrawalCredentials,
      ...[
        state.activationEligibilityEpoch,
        state.activationEpoch,
        state.exitEpoch,
        state.withdrawableEpoch,
      ].map((value) => (value === FAR_FUTURE_EPOCH ? null : value)),
    );
  }

  of(validator: number): SeenState | null {
    const row = this.#of.get(validator) as Row | undefined;
    if (row === undefined) return null;
    const epoch = (column: string): Epoch => asEpoch((row[column] as bigint | null) ?? FAR_FUTURE_EPOCH);
    return {
      epoch: epoch('epoch'),
      index: row['validator'] as bigint,
      pubkey: pubkeyFromBytes(row['pubkey'] as Uint8Array),
      status: row['status'] as ValidatorStatus,
      balanceGwei: row['balance'] as bigint,
      effectiveBalanceGwei: row['effective_balance'] as bigint,
      slashed: row['slashed'] === 1n,
      withdrawalCredentials: row['credentials'] as string,
      activationEligibilityEpoch: epoch('activation_eligibility'),
      activationEpoch: epoch('activation'),
      exitEpoch: epoch('exit'),
      withdrawableEpoch: epoch('withdrawable'),
    };
  }
}
