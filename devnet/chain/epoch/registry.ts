import { changeBalance, incrementOf, maxEffectiveBalance, totalActiveBalance } from '../balances.ts';
import { activationExitEpoch, initiateExit } from '../exit-queue.ts';
import { epochAt, type Rules } from '../rules.ts';
import { isActive, updateValidator, type BeaconState } from '../state.ts';

/** `process_registry_updates` of Electra: queue, ejection, activation. */
export function processRegistryUpdates(rules: Rules, state: BeaconState): void {
  const current = epochAt(rules, state.slot);
  state.validators.forEach((validator, index) => {
    const enough = validator.effectiveBalance >= BigInt(rules.MIN_ACTIVATION_BALANCE);
    if (validator.activationEligibilityEpoch === Infinity && enough) {
      updateValidator(state, index, { activationEligibilityEpoch: current + 1 });
    } else if (isActive(validator, current) && validator.effectiveBalance <= BigInt(rules.EJECTION_BALANCE)) {
      initiateExit(rules, state, index);
    } else if (
      validator.activationEpoch === Infinity &&
      validator.activationEligibilityEpoch <= state.finalized.epoch
    ) {
      updateValidator(state, index, { activationEpoch: activationExitEpoch(rules, current) });
    }
  });
}

/** `process_slashings` of Electra: the penalty that grows with all the balance slashed around the same time. */
export function processSlashings(rules: Rules, state: BeaconState): void {
  const current = epochAt(rules, state.slot);
  const total = totalActiveBalance(rules, state);
  const increment = incrementOf(rules);
  let slashed = 0n;
  for (const gwei of state.slashings.values()) slashed += gwei;
  const tripled = slashed * BigInt(rules.PROPORTIONAL_SLASHING_MULTIPLIER_BELLATRIX);
  const perIncrement = (tripled < total ? tripled : total) / (total / increment);
  const halfway = current + rules.EPOCHS_PER_SLASHINGS_VECTOR / 2;
  state.validators.forEach((validator, index) => {
    if (!validator.slashed || validator.withdrawableEpoch !== halfway) return;
    const penalty = perIncrement * (validator.effectiveBalance / increment);
    changeBalance(state, index, -penalty, 'slashing_correlation');
  });
}

/** `process_effective_balance_updates`: follows the balance in whole increments, with hysteresis. */
export function processEffectiveBalances(rules: Rules, state: BeaconState): void {
  const increment = incrementOf(rules);
  const step = increment / BigInt(rules.HYSTERESIS_QUOTIENT);
  const downward = step * BigInt(rules.HYSTERESIS_DOWNWARD_MULTIPLIER);
  const upward = step * BigInt(rules.HYSTERESIS_UPWARD_MULTIPLIER);
  state.validators.forEach((validator, index) => {
    const balance = state.balances[index] ?? 0n;
    const effective = validator.effectiveBalance;
    if (balance + downward >= effective && effective + upward >= balance) return;
    const most = maxEffectiveBalance(rules, validator);
    const rounded = balance - (balance % increment);
    updateValidator(state, index, { effectiveBalance: rounded < most ? rounded : most });
  });
}
