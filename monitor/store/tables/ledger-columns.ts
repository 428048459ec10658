import { slot } from '../../../core/units.ts';
import {
  REWARD_METHODS,
  type LedgerAmounts,
  type LedgerDuties,
  type LedgerPart,
} from '../../model/ledger-part.ts';
import type { Row } from '../page.ts';

/** Columns of the amounts that add up. */
export const AMOUNT_COLUMNS = {
  attestationGwei: 'attestation',
  idealAttestationGwei: 'ideal_attestation',
  syncGwei: 'sync',
  idealSyncGwei: 'ideal_sync',
  proposerGwei: 'proposer',
  slashingGwei: 'slashing',
  withdrawalsPartialGwei: 'withdrawals_partial',
  withdrawalsFullGwei: 'withdrawals_full',
  depositsGwei: 'deposits',
  consolidationGwei: 'consolidation',
  residualGwei: 'residual',
} as const satisfies Record<keyof LedgerAmounts | 'residualGwei', string>;

export const DUTY_COLUMNS = {
  attestationsAssigned: 'attestations_assigned',
  attestationsIncluded: 'attestations_included',
  proposalsAssigned: 'proposals_assigned',
  proposalsIncluded: 'proposals_included',
  syncAssigned: 'sync_assigned',
  syncIncluded: 'sync_included',
} as const satisfies Record<keyof LedgerDuties, string>;

export const AMOUNTS = Object.keys(AMOUNT_COLUMNS) as (keyof typeof AMOUNT_COLUMNS)[];
export const DUTIES = Object.keys(DUTY_COLUMNS) as (keyof LedgerDuties)[];

/** All columns, keys last, in the order of {@link ledgerValues}. */
export const LEDGER_COLUMNS: readonly string[] = [
  'end_slot',
  'day',
  'opening_balance',
  'closing_balance',
  'effective_balance',
  'method',
  ...Object.values(AMOUNT_COLUMNS),
  ...Object.values(DUTY_COLUMNS),
  'start_slot',
  'validator',
];

export const ledgerValues = (part: LedgerPart): (bigint | number | string)[] => [
  part.endSlot,
  part.day,
  part.openingBalanceGwei,
  part.closingBalanceGwei,
  part.effectiveBalanceGwei,
  REWARD_METHODS.indexOf(part.method),
  ...AMOUNTS.map((name) => part[name]),
  ...DUTIES.map((name) => part.duties[name]),
  part.startSlot,
  part.validatorIndex,
];

/** A row has the shape of the parts it was made of. */
export function ledgerRow(row: Row): LedgerPart {
  const amount = (name: keyof typeof AMOUNT_COLUMNS): bigint => row[AMOUNT_COLUMNS[name]] as bigint;
  const count = (name: keyof LedgerDuties): number => Number(row[DUTY_COLUMNS[name]]);
  return {
    validatorIndex: Number(row['validator']),
    day: row['day'] as string,
    startSlot: slot(row['start_slot'] as bigint),
    endSlot: slot(row['end_slot'] as bigint),
    openingBalanceGwei: row['opening_balance'] as bigint,
    closingBalanceGwei: row['closing_balance'] as bigint,
    effectiveBalanceGwei: row['effective_balance'] as bigint,
    attestationGwei: amount('attestationGwei'),
    idealAttestationGwei: amount('idealAttestationGwei'),
    syncGwei: amount('syncGwei'),
    idealSyncGwei: amount('idealSyncGwei'),
    proposerGwei: amount('proposerGwei'),
    slashingGwei: amount('slashingGwei'),
    withdrawalsPartialGwei: amount('withdrawalsPartialGwei'),
    withdrawalsFullGwei: amount('withdrawalsFullGwei'),
    depositsGwei: amount('depositsGwei'),
    consolidationGwei: amount('consolidationGwei'),
    residualGwei: amount('residualGwei'),
    method: REWARD_METHODS[Number(row['method'])] ?? 'balance',
    duties: {
      attestationsAssigned: count('attestationsAssigned'),
      attestationsIncluded: count('attestationsIncluded'),
      proposalsAssigned: count('proposalsAssigned'),
      proposalsIncluded: count('proposalsIncluded'),
      syncAssigned: count('syncAssigned'),
      syncIncluded: count('syncIncluded'),
    },
  };
}
