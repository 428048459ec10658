import type { Epoch, Slot } from '../../core/units.ts';

/** What happens to a validator besides its duties. */
export const VALIDATOR_EVENT_KINDS = [
  'status',
  'withdrawal_partial',
  'withdrawal_full',
  'deposit_requested',
  'deposit_applied',
  'consolidation_requested',
  'consolidation_in',
  'consolidation_out',
  'exit_requested',
  'withdrawal_requested',
  'slashed',
  'correlation_penalty',
  'credentials',
  'effective_balance',
] as const;
export type ValidatorEventKind = (typeof VALIDATOR_EVENT_KINDS)[number];

export interface ValidatorEvent {
  readonly validatorIndex: number;
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly kind: ValidatorEventKind;
  /** Where amounts are involved; never negative. */
  readonly amountGwei: bigint | null;
  /** The state, credentials or counterpart before and after, in the words of the Beacon API. */
  readonly before: string | null;
  readonly after: string | null;
}
