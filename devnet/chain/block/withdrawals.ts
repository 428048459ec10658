import { ssz, type capella } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import {
  changeBalance,
  hasExecutionCredentials,
  maxEffectiveBalance,
  withdrawalAddressOf,
} from '../balances.ts';
import { ensure } from '../invalid.ts';
import { epochAt, type Rules } from '../rules.ts';
import { validatorAt, type BeaconState } from '../state.ts';

interface Expected {
  readonly withdrawals: capella.Withdrawal[];
  /** How many of the requested partial withdrawals were looked at. */
  readonly partials: number;
}

/** `get_expected_withdrawals` of Electra: requested ones first, then the sweep. */
export function expectedWithdrawals(rules: Rules, state: BeaconState): Expected {
  const withdrawals: capella.Withdrawal[] = [];
  const left = (index: number) =>
    withdrawals.reduce(
      (balance, taken) => (taken.validatorIndex === index ? balance - taken.amount : balance),
      state.balances[index] ?? 0n,
    );
  const add = (validatorIndex: number, amount: bigint) => {
    const index = state.nextWithdrawalIndex + withdrawals.length;
    const address = fromHex(withdrawalAddressOf(validatorAt(state, validatorIndex)), 'address', 20);
    withdrawals.push({ index, validatorIndex, address, amount });
  };
  const partials = requested(rules, state, left, add, () => withdrawals.length);
  sweep(rules, state, left, add, () => withdrawals.length);
  return { withdrawals, partials };
}

type Left = (index: number) => bigint;
type Add = (index: number, amount: bigint) => void;

function requested(rules: Rules, state: BeaconState, left: Left, add: Add, count: () => number): number {
  const epoch = epochAt(rules, state.slot);
  const least = BigInt(rules.MIN_ACTIVATION_BALANCE);
  let looked = 0;
  for (const partial of state.pendingPartialWithdrawals) {
    if (partial.withdrawableEpoch > epoch || count() === rules.MAX_PENDING_PARTIALS_PER_WITHDRAWALS_SWEEP)
      break;
    const validator = validatorAt(state, partial.validatorIndex);
    const excess = left(partial.validatorIndex) - least;
    if (validator.exitEpoch === Infinity && validator.effectiveBalance >= least && excess > 0n) {
      add(partial.validatorIndex, excess < partial.amount ? excess : partial.amount);
    }
    looked += 1;
  }
  return looked;
}

function sweep(rules: Rules, state: BeaconState, left: Left, add: Add, count: () => number): void {
  const epoch = epochAt(rules, state.slot);
  const total = state.validators.length;
  const bound = Math.min(total, rules.MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP);
  for (let step = 0; step < bound && count() < rules.MAX_WITHDRAWALS_PER_PAYLOAD; step += 1) {
    const index = (state.nextWithdrawalValidatorIndex + step) % total;
    const validator = validatorAt(state, index);
    if (!hasExecutionCredentials(validator)) continue;
    const balance = left(index);
    const most = maxEffectiveBalance(rules, validator);
    if (validator.withdrawableEpoch <= epoch && balance > 0n) add(index, balance);
    else if (validator.effectiveBalance === most && balance > most) add(index, balance - most);
  }
}

/** `process_withdrawals`. @throws InvalidMessage unless the payload has exactly the expected ones */
export function processWithdrawals(
  rules: Rules,
  state: BeaconState,
  payloadWithdrawals: capella.Withdrawal[],
): void {
  const { withdrawals, partials } = expectedWithdrawals(rules, state);
  ensure(
    ssz.capella.Withdrawals.equals(payloadWithdrawals, withdrawals),
    'the withdrawals are not those expected',
  );
  for (const { validatorIndex, amount } of withdrawals)
    changeBalance(state, validatorIndex, -amount, 'withdrawal');
  state.pendingPartialWithdrawals = state.pendingPartialWithdrawals.slice(partials);
  const total = state.validators.length;
  const last = withdrawals.at(-1);
  if (last !== undefined) state.nextWithdrawalIndex = last.index + 1;
  const full = withdrawals.length === rules.MAX_WITHDRAWALS_PER_PAYLOAD && last !== undefined;
  state.nextWithdrawalValidatorIndex = full
    ? (last.validatorIndex + 1) % total
    : (state.nextWithdrawalValidatorIndex + rules.MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP) % total;
}
