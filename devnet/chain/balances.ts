import type { Component } from './journal.ts';
import { epochAt, type Rules } from './rules.ts';
import { isActive, type BeaconState, type Validator } from './state.ts';

/** Changes a balance and writes down why. A penalty stops at zero, as `decrease_balance` of the specs does. */
export function changeBalance(
  state: BeaconState,
  validator: number,
  owedGwei: bigint,
  component: Component,
): void {
  if (owedGwei === 0n) return;
  const before = state.balances[validator] ?? 0n;
  const after = before + owedGwei < 0n ? 0n : before + owedGwei;
  state.balances[validator] = after;
  state.journal.balances.push({
    ...{ slot: state.slot, validator, component },
    ...{ gwei: after - before, owedGwei },
  });
}

export const incrementOf = (rules: Rules): bigint => BigInt(rules.EFFECTIVE_BALANCE_INCREMENT);

/** `get_total_active_balance` of the specs, for the epoch of the state. */
export function totalActiveBalance(rules: Rules, state: BeaconState): bigint {
  const epoch = epochAt(rules, state.slot);
  if (state.activeBalanceMemo?.epoch === epoch) return state.activeBalanceMemo.gwei;
  let total = 0n;
  for (const validator of state.validators) {
    if (isActive(validator, epoch)) total += validator.effectiveBalance;
  }
  const gwei = atLeastOneIncrement(rules, total);
  state.activeBalanceMemo = { epoch, gwei };
  return gwei;
}

/** Keeps divisions defined when nobody is left. */
export function atLeastOneIncrement(rules: Rules, gwei: bigint): bigint {
  const increment = incrementOf(rules);
  return gwei < increment ? increment : gwei;
}

/** Newton's method, the same that `integer_squareroot` of the specs uses: the floor of the root. */
export function integerSquareRoot(value: bigint): bigint {
  let root = value;
  let next = (value + 1n) / 2n;
  while (next < root) {
    root = next;
    next = (root + value / root) / 2n;
  }
  return root;
}

export function baseRewardPerIncrement(rules: Rules, state: BeaconState): bigint {
  const factor = incrementOf(rules) * BigInt(rules.BASE_REWARD_FACTOR);
  return factor / integerSquareRoot(totalActiveBalance(rules, state));
}

/** `get_max_effective_balance` (EIP-7251): compounding validators hold more than 32 ETH. */
export function maxEffectiveBalance(rules: Rules, validator: Validator): bigint {
  return BigInt(
    isCompounding(validator) ? rules.MAX_EFFECTIVE_BALANCE_ELECTRA : rules.MIN_ACTIVATION_BALANCE,
  );
}

export const isCompounding = (validator: Validator): boolean =>
  validator.withdrawalCredentials.startsWith('0x02');

/** An Ethereum address that withdrawals go to, 0x01 or 0x02. */
export const hasExecutionCredentials = (validator: Validator): boolean =>
  validator.withdrawalCredentials.startsWith('0x01') || isCompounding(validator);

/** 20 bytes, hex. */
export const withdrawalAddressOf = (validator: Validator): string =>
  `0x${validator.withdrawalCredentials.slice(-40)}`;
