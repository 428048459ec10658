import type { electra, phase0 } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import type { PendingDeposit, Validator } from '../state.ts';

/** A validator as the SSZ types have it. */
export const validatorValue = (validator: Validator): phase0.Validator => ({
  pubkey: fromHex(validator.pubkey, 'pubkey', 48),
  withdrawalCredentials: fromHex(validator.withdrawalCredentials, 'withdrawal_credentials', 32),
  effectiveBalance: Number(validator.effectiveBalance),
  slashed: validator.slashed,
  activationEligibilityEpoch: validator.activationEligibilityEpoch,
  activationEpoch: validator.activationEpoch,
  exitEpoch: validator.exitEpoch,
  withdrawableEpoch: validator.withdrawableEpoch,
});

export const pendingDepositValue = (deposit: PendingDeposit): electra.PendingDeposit => ({
  pubkey: fromHex(deposit.pubkey, 'pubkey', 48),
  withdrawalCredentials: fromHex(deposit.withdrawalCredentials, 'withdrawal_credentials', 32),
  amount: Number(deposit.amount),
  signature: deposit.signature,
  slot: deposit.slot,
});
