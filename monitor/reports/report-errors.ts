import { errorFactory } from '../../core/errors.ts';

/** Errors of the reward reports. */
export const REPORT_ERRORS = {
  PRICES_FILE_INVALID: {
    summary: 'the price file cannot be used',
    hint: 'It has the header date,price and a line such as 2026-10-05,3512.07 for each day, each day once.',
    exit: 2,
  },
  REPORT_PERIOD_INVALID: {
    summary: 'the days of the report cannot be used',
    hint: 'Give --from and --to as days (2026-10-05), both included, the first not after the last.',
    exit: 2,
  },
  REPORT_ROW_INCONSISTENT: {
    summary: 'a ledger row contradicts itself',
    hint: 'Nothing was reported. Let the monitor recompute that day of that validator.',
    exit: 3,
  },
} as const;

export const reportError = errorFactory(REPORT_ERRORS);
