import type { Validator } from '../chain/state.ts';

/** The status of a validator in the Beacon API's words. */
export function statusOf(validator: Validator, balance: bigint, epoch: number): string {
  if (epoch < validator.activationEpoch) {
    return validator.activationEligibilityEpoch === Infinity ? 'pending_initialized' : 'pending_queued';
  }
  if (epoch < validator.exitEpoch) {
    if (validator.exitEpoch === Infinity) return 'active_ongoing';
    return validator.slashed ? 'active_slashed' : 'active_exiting';
  }
  if (epoch < validator.withdrawableEpoch) return validator.slashed ? 'exited_slashed' : 'exited_unslashed';
  return balance > 0n ? 'withdrawal_possible' : 'withdrawal_done';
}

/** `active` stands for all of active_*; `withdrawal` and the others likewise. */
export const hasStatus = (status: string, wanted: string): boolean =>
  status === wanted || status.startsWith(`${wanted}_`);
