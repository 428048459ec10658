import { errorFactory } from '../../core/errors.ts';

/** Errors of the reward splits. Exit 3: paying out on these would be paying out on something unproven. */
export const SPLITS_ERRORS = {
  POOL_FILE_INVALID: {
    summary: 'the pool configuration cannot be used',
    hint: 'Mend the place that the message names; `vigil rewards init-pool` writes a commented example, docs/reward-splits.md explains it.',
    exit: 2,
  },
  PERIOD_INVALID: {
    summary: 'the period cannot be used',
    hint: 'Give a month (2026-10), a day (2026-10-05), a range of days (2026-10-01..2026-10-14) or of epochs (epochs:1000..1224), both ends included.',
    exit: 2,
  },
  LEDGER_FILE_INVALID: {
    summary: 'the reward ledger cannot be read',
    hint: 'Export the ledger again; docs/reward-splits.md describes the format.',
  },
  LEDGER_ROW_INCONSISTENT: {
    summary: 'a ledger row contradicts itself',
    hint: 'Nothing was split. Let the monitor recompute that day of that validator, then export again.',
    exit: 3,
  },
  LEDGER_NOT_FINALIZED: {
    summary: 'the period holds rows that are not finalized',
    hint: 'Wait until the last epoch of the period is finalized and the monitor has rewritten its rows. There is no override.',
    exit: 3,
  },
  LEDGER_GAP: {
    summary: 'the ledger has gaps in this period',
    hint: 'Let the monitor fill them and export again. To split what is there all the same: --accept-gaps REASON, which the manifest will show.',
    exit: 3,
  },
  LEDGER_RESIDUAL: {
    summary: 'balances of this period are not explained to the last gwei',
    hint: 'Find what the monitor could not attribute. To split all the same: --accept-residual REASON, which the manifest will show.',
    exit: 3,
  },
  NETWORK_PERFORMANCE_MISSING: {
    summary: 'the pool compares with the network, and the ledger does not say how the network did',
    hint: 'Export a ledger with the network lines of every day of the period, or use a threshold of its own, such as {at-least: 95%}.',
    exit: 3,
  },
  SPLIT_IMPOSSIBLE: {
    summary: 'the configuration leads to amounts that cannot be paid',
    hint: 'Nothing was split. Change what the message names.',
    exit: 3,
  },
  SPLIT_NOT_CONSERVED: {
    summary: 'the parts do not add up to the total',
    hint: 'Nothing was written. This is a bug of Vigil: please report it with the configuration and the ledger.',
    exit: 3,
  },
  PERIOD_CLOSED: {
    summary: 'this period is closed already',
    hint: 'A closed period is never changed. Correct a mistake with an adjustment in the next period: with eth: above zero for income that was missing, below zero for income that was not there.',
    exit: 3,
  },
  PERIOD_OVERLAPS: {
    summary: 'the period overlaps one that is closed',
    hint: 'Start where the last closed period ended.',
    exit: 3,
  },
  PERIOD_NOT_NEXT: {
    summary: 'the period does not follow the last closed one',
    hint: 'Close the period between first. To leave it out for good: --accept-gaps REASON.',
    exit: 3,
  },
  PERIOD_BEFORE_CLOSED: {
    summary: 'a later period is closed already',
    hint: 'Periods are closed in order, and nothing can be put between them. Pay what is missing with an adjustment in the next period.',
    exit: 3,
  },
  PAYOUTS_MISSING: {
    summary: 'there is no payout ledger at that path',
    hint: 'Look at the path. To begin a history in which nobody is owed anything from before, as with the first period of a pool: --new-payouts.',
    exit: 3,
  },
  PAYOUTS_TORN: {
    summary: 'the last line of the payout ledger was not written to its end',
    hint: 'The machine stopped in the middle of a close. Keep a copy of the file, cut it after its last whole line, and close that period again.',
    exit: 3,
  },
  PAYOUTS_BROKEN: {
    summary: 'the payout ledger was changed after it was written',
    hint: 'Keep a copy of the file, find out who had access, and restore it from a backup: each line holds the hash of the line before.',
    exit: 3,
  },
  PAYOUTS_BUSY: {
    summary: 'another process is closing a period in this payout ledger',
    hint: 'Wait for it. If none is running, remove the .lock file that the message names.',
  },
  OUTPUT_FOLDER_IN_USE: {
    summary: 'the output folder holds something else',
    hint: 'Look at what is there. Move it away, or name an empty or new folder with --out.',
  },
  MANIFEST_INVALID: {
    summary: 'the manifest cannot be used',
    hint: 'Give the manifest.json that `vigil rewards split` wrote, in the folder with the other files of that split.',
    exit: 2,
  },
  MANIFEST_DIFFERS: {
    summary: 'recomputing the split gives something else',
    hint: 'Do not pay. The message names the first difference: configuration, ledger or output was changed since.',
    exit: 3,
  },
  PARTICIPANT_UNKNOWN: {
    summary: 'no such participant in this split',
    hint: 'Use an id of the pool configuration.',
    exit: 2,
  },
} as const;

export const splitsError = errorFactory(SPLITS_ERRORS);
