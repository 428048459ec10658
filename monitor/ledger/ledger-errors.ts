import { errorFactory } from '../../core/errors.ts';

/** Errors of the reward ledger: its settings, the constants it computes with, the balances it rests on. */
export const LEDGER_ERRORS = {
  LEDGER_CALENDAR_INVALID: {
    summary: 'the days of the reward ledger cannot be cut like that',
    hint: 'Give utc, a time zone of the IANA database such as Europe/Berlin, or epochs:N with N epochs of a day or more (mainnet: epochs:225).',
    exit: 2,
  },
  REWARD_RULES_INCOMPLETE: {
    summary: 'the network does not tell the constants that its rewards are computed with',
    hint: 'Compare /eth/v1/config/spec of the beacon node, or the network file, with the presets and the configuration of the consensus specs.',
  },
  BALANCES_NOT_FINAL: {
    summary: 'the beacon node does not have as final what the ledger took for final',
    hint: 'Nothing was written, and it is tried again. If it lasts, the node lags behind the others or has left the chain.',
  },
  BALANCES_MISSING: {
    summary: 'a balance that the ledger needs was not in the answer',
    hint: 'Nothing was written, and it is tried again. If it lasts, the node answers about other validators than it is asked.',
  },
} as const;

export const ledgerError = errorFactory(LEDGER_ERRORS);
