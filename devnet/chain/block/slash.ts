import { changeBalance } from '../balances.ts';
import { initiateExit } from '../exit-queue.ts';
import type { Component } from '../journal.ts';
import { proposerAt } from '../proposers.ts';
import { epochAt, type Rules } from '../rules.ts';
import { updateValidator, validatorAt, type BeaconState, type Validator } from '../state.ts';

/** `is_slashable_validator`. */
export const isSlashable = (validator: Validator, epoch: number): boolean =>
  !validator.slashed && validator.activationEpoch <= epoch && epoch < validator.withdrawableEpoch;

/** `slash_validator` of Electra: a small penalty at once, the correlated one halfway to being withdrawable. */
export function slashValidator(
  rules: Rules,
  state: BeaconState,
  index: number,
  rewardedAs: Extract<Component, 'proposer_slashings' | 'attester_slashings'>,
): void {
  const epoch = epochAt(rules, state.slot);
  initiateExit(rules, state, index);
  const { withdrawableEpoch, effectiveBalance } = validatorAt(state, index);
  const served = epoch + rules.EPOCHS_PER_SLASHINGS_VECTOR;
  updateValidator(state, index, { slashed: true, withdrawableEpoch: Math.max(withdrawableEpoch, served) });
  const bucket = epoch % rules.EPOCHS_PER_SLASHINGS_VECTOR;
  state.slashings.set(bucket, (state.slashings.get(bucket) ?? 0n) + effectiveBalance);
  const penalty = effectiveBalance / BigInt(rules.MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA);
  changeBalance(state, index, -penalty, 'slashing_initial');
  // The proposer is the whistleblower too: both parts of the reward are its own.
  const reward = effectiveBalance / BigInt(rules.WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA);
  changeBalance(state, proposerAt(rules, state), reward, rewardedAs);
}
