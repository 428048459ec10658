import { errorFactory } from '../../core/errors.ts';

/** Errors of the monitor's database. Exit 3: going on would mix two truths in one ledger. */
export const STORE_ERRORS = {
  MONITOR_DB_CANNOT_OPEN: {
    summary: "the monitor's database cannot be opened",
    hint: 'Check the path, the permissions and the disk space. The data directory must be on a local disk.',
  },
  MONITOR_DB_MISSING: {
    summary: "there is no monitor's database",
    hint: 'Check --data-dir or --monitor-db; `vigil monitor` makes it when it starts.',
  },
  MONITOR_DB_EXPOSED: {
    summary: "others can read or change the monitor's database",
    hint: 'Payouts are made from it. Find out who had access, then `chmod 600` the file and make the user of the monitor its owner.',
    exit: 3,
  },
  MONITOR_DB_NOT_OURS: {
    summary: "the file is not a monitor's database",
    hint: 'Nothing was changed. Name another path.',
  },
  MONITOR_DB_CORRUPT: {
    summary: "the monitor's database is damaged",
    hint: 'Move the file away and start again: `vigil monitor backfill` fetches the past anew. Keep the old file, the evidence of foreign signatures is only there.',
  },
  MONITOR_DB_SCHEMA_TOO_NEW: {
    summary: "the monitor's database was written by a newer Vigil",
    hint: 'Use that version or a later one; a schema never goes back.',
  },
  MONITOR_DB_SCHEMA_TOO_OLD: {
    summary: "the monitor's database was written by an older Vigil",
    hint: 'Start `vigil monitor` once, which brings it up to date, then repeat.',
  },
  MONITOR_DB_OTHER_NETWORK: {
    summary: "the monitor's database is of another network",
    hint: 'Nothing was changed. Use one data directory for each network, or check --network.',
    exit: 3,
  },
  MONITOR_DB_OTHER_CALENDAR: {
    summary: 'the ledger in the database has days of another calendar',
    hint: 'Rows of two calendars cannot be told apart. Set ledger-day to what it was, or begin a new database and backfill it. Reports need UTC days, reward splits those or epochs:N.',
    exit: 3,
  },
  MONITOR_DB_READ_ONLY: {
    summary: 'the database was opened for reading only',
    hint: 'This is a fault of Vigil: please report it.',
  },
  MONITOR_DB_WRITE_FAILED: {
    summary: "the monitor's database could not be written",
    hint: 'Nothing of this record was written. Check disk space and the health of the disk; the monitor tries again.',
  },
  MONITOR_RECORD_INVALID: {
    summary: 'a record for the database contradicts itself',
    hint: 'Nothing of it was written; the epoch stays a gap. Compare the beacon nodes with each other, then `vigil monitor backfill`.',
  },
  MONITOR_LEDGER_SEAM: {
    summary: 'two stretches of a ledger do not agree on the balance between them',
    hint: 'A beacon node answered wrongly for one of them. Compare the balances that the message names with another node.',
    exit: 3,
  },
  MONITOR_LEDGER_OVERLAP: {
    summary: 'a stretch of a ledger overlaps what is written',
    hint: 'Nothing of this record was written. If the ledger days were changed, begin a new database and backfill it.',
    exit: 3,
  },
  MONITOR_CHECKPOINT_CLASH: {
    summary: 'a finalized slot has another block than before',
    hint: 'The beacon node follows another chain than the one the database was made from. Check the node before anything else.',
    exit: 3,
  },
  MONITOR_VALIDATOR_CLASH: {
    summary: 'a validator index has another key than before',
    hint: 'The beacon node follows another chain than the one the database was made from. Check the node before anything else.',
    exit: 3,
  },
  MONITOR_QUERY_INVALID: {
    summary: 'a query of the database cannot be answered',
    hint: 'Correct what the message names.',
    exit: 2,
  },
} as const;

export const storeError = errorFactory(STORE_ERRORS);
