import { errorFactory } from '../../core/errors.ts';

/** Errors of the slashing economics. */
export const RISK_ERRORS = {
  TOTAL_STAKE_UNKNOWN: {
    summary: 'the total stake could not be read from the chain',
    hint: 'Give it in ether: --total-stake 35000000.',
  },
  RISK_INPUT_INVALID: {
    summary: 'the stake that losses are asked for cannot be',
    hint: 'See `vigil monitor risk --help` and docs/monitor-risk.md.',
    exit: 2,
  },
} as const;

export const riskError = errorFactory(RISK_ERRORS);
