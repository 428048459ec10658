import { z } from 'zod';
import { epoch, slot, type Epoch, type Pubkey, type Slot } from '../../core/units.ts';
import { apiRequest, simpleCall, type Call } from '../node/call.ts';
import { idText, type StateId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { pubkey, root, uint64 } from './wire.ts';

/**
 * The queues of a state, since Electra, each in its order. They are of the whole network and have no filter, so they
 * are asked for only when something needs them.
 */

export interface PendingDeposit {
  readonly pubkey: Pubkey;
  /** 32 bytes. */
  readonly withdrawalCredentials: string;
  readonly amountGwei: bigint;
  /** 0 where the deposit came out of a balance and not from the deposit contract. */
  readonly slot: Slot;
}

const depositData = z
  .object({ pubkey, withdrawal_credentials: root, amount: uint64, slot: uint64 })
  .transform((deposit): PendingDeposit => ({
    pubkey: deposit.pubkey,
    withdrawalCredentials: deposit.withdrawal_credentials,
    amountGwei: deposit.amount,
    slot: slot(deposit.slot),
  }));

/** Deposits that are not yet in a balance, first the next one. */
export function pendingDeposits(state: StateId): Call<PendingDeposit[]> {
  const request = apiRequest('getPendingDeposits', { at: { state_id: idText(state) } });
  return simpleCall(request, (raw) => readAnswer(z.array(depositData), raw));
}

export interface PendingConsolidation {
  readonly sourceIndex: bigint;
  readonly targetIndex: bigint;
}

const consolidationData = z
  .object({ source_index: uint64, target_index: uint64 })
  .transform((data): PendingConsolidation => ({
    sourceIndex: data.source_index,
    targetIndex: data.target_index,
  }));

/** Consolidations whose source has not come to its withdrawable epoch. */
export function pendingConsolidations(state: StateId): Call<PendingConsolidation[]> {
  const request = apiRequest('getPendingConsolidations', { at: { state_id: idText(state) } });
  return simpleCall(request, (raw) => readAnswer(z.array(consolidationData), raw));
}

export interface PendingPartialWithdrawal {
  readonly validatorIndex: bigint;
  readonly amountGwei: bigint;
  readonly withdrawableEpoch: Epoch;
}

const partialWithdrawalData = z
  .object({ validator_index: uint64, amount: uint64, withdrawable_epoch: uint64 })
  .transform((data): PendingPartialWithdrawal => ({
    validatorIndex: data.validator_index,
    amountGwei: data.amount,
    withdrawableEpoch: epoch(data.withdrawable_epoch),
  }));

/** Withdrawals that the execution layer asked for and that are not paid out yet. */
export function pendingPartialWithdrawals(state: StateId): Call<PendingPartialWithdrawal[]> {
  const request = apiRequest('getPendingPartialWithdrawals', { at: { state_id: idText(state) } });
  return simpleCall(request, (raw) => readAnswer(z.array(partialWithdrawalData), raw));
}
