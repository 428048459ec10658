import { atLeastOneIncrement } from '../balances.ts';
import { epochAt, type Rules } from '../rules.ts';
import { isActive, type BeaconState } from '../state.ts';

/** Before the first epoch there is genesis itself. */
export const previousEpochOf = (rules: Rules, state: BeaconState): number =>
  Math.max(0, epochAt(rules, state.slot) - 1);

/** `get_eligible_validator_indices`: who is rewarded or penalized for the previous epoch. */
export function eligibleIndices(rules: Rules, state: BeaconState): number[] {
  const previous = previousEpochOf(rules, state);
  const indices: number[] = [];
  state.validators.forEach((validator, index) => {
    const serving = validator.slashed && previous + 1 < validator.withdrawableEpoch;
    if (isActive(validator, previous) || serving) indices.push(index);
  });
  return indices;
}

/** `get_unslashed_participating_indices` for the previous epoch, as a test per validator. */
export function participatedBefore(
  rules: Rules,
  state: BeaconState,
  bit: number,
): (index: number) => boolean {
  const previous = previousEpochOf(rules, state);
  return (index) => {
    const validator = state.validators[index];
    if (validator === undefined || validator.slashed || !isActive(validator, previous)) return false;
    return ((state.previousParticipation[index] ?? 0) & bit) !== 0;
  };
}

/** Effective balance of the unslashed that voted, at least one increment. */
export function participatingBalance(
  rules: Rules,
  state: BeaconState,
  epoch: number,
  flags: Uint8Array,
  bit: number,
): bigint {
  let total = 0n;
  state.validators.forEach((validator, index) => {
    if (validator.slashed || !isActive(validator, epoch)) return;
    if (((flags[index] ?? 0) & bit) !== 0) total += validator.effectiveBalance;
  });
  return atLeastOneIncrement(rules, total);
}

export const isInLeak = (rules: Rules, state: BeaconState): boolean =>
  previousEpochOf(rules, state) - state.finalized.epoch > rules.MIN_EPOCHS_TO_INACTIVITY_PENALTY;
