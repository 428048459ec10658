import { z } from 'zod';
import { epoch, type Epoch, type Pubkey } from '../../core/units.ts';
import { apiRequest, type Call } from '../node/call.ts';
import { chunkedCall } from './chunked.ts';
import { idText, validatorIdText, type StateId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { pubkey, root, uint64 } from './wire.ts';

/** The nine states of a validator, as the Beacon API spells them. */
export const VALIDATOR_STATUSES = [
  'pending_initialized',
  'pending_queued',
  'active_ongoing',
  'active_exiting',
  'active_slashed',
  'exited_unslashed',
  'exited_slashed',
  'withdrawal_possible',
  'withdrawal_done',
] as const;

export type ValidatorStatus = (typeof VALIDATOR_STATUSES)[number];

export interface ValidatorState {
  readonly index: bigint;
  readonly pubkey: Pubkey;
  readonly status: ValidatorStatus;
  readonly balanceGwei: bigint;
  readonly effectiveBalanceGwei: bigint;
  readonly slashed: boolean;
  /** 32 bytes; the first one is the kind. */
  readonly withdrawalCredentials: string;
  /** `FAR_FUTURE_EPOCH` where it is not set. */
  readonly activationEligibilityEpoch: Epoch;
  readonly activationEpoch: Epoch;
  readonly exitEpoch: Epoch;
  readonly withdrawableEpoch: Epoch;
}

const validatorData = z
  .object({
    index: uint64,
    balance: uint64,
    status: z.enum(VALIDATOR_STATUSES),
    validator: z.object({
      pubkey,
      withdrawal_credentials: root,
      effective_balance: uint64,
      slashed: z.boolean(),
      activation_eligibility_epoch: uint64,
      activation_epoch: uint64,
      exit_epoch: uint64,
      withdrawable_epoch: uint64,
    }),
  })
  .transform(({ index, balance, status, validator }): ValidatorState => ({
    index,
    pubkey: validator.pubkey,
    status,
    balanceGwei: balance,
    effectiveBalanceGwei: validator.effective_balance,
    slashed: validator.slashed,
    withdrawalCredentials: validator.withdrawal_credentials,
    activationEligibilityEpoch: epoch(validator.activation_eligibility_epoch),
    activationEpoch: epoch(validator.activation_epoch),
    exitEpoch: epoch(validator.exit_epoch),
    withdrawableEpoch: epoch(validator.withdrawable_epoch),
  }));

const balanceData = z
  .object({ index: uint64, balance: uint64 })
  .transform(({ index, balance }) => ({ index, balanceGwei: balance }));

/**
 * Those of the validators that the state knows, in whatever order the node likes. No filter by status is ever sent:
 * clients read it differently, and some answer with an empty list.
 */
export function validators(state: StateId, ids: readonly (bigint | Pubkey)[]): Call<ValidatorState[]> {
  return chunkedCall({
    ids,
    request: (part) =>
      apiRequest('postStateValidators', {
        at: { state_id: idText(state) },
        body: { ids: part.map(validatorIdText) },
      }),
    read: (raw) => readAnswer(z.array(validatorData), raw),
    namesOf: (validator) => [validator.index.toString(), validator.pubkey],
    nameOf: validatorIdText,
  });
}

export interface ValidatorBalance {
  readonly index: bigint;
  readonly balanceGwei: bigint;
}

/** The balances of those of the validators that the state knows. By index only: the answer names no pubkeys. */
export function validatorBalances(state: StateId, indices: readonly bigint[]): Call<ValidatorBalance[]> {
  return chunkedCall({
    ids: indices,
    request: (part) =>
      apiRequest('postStateValidatorBalances', {
        at: { state_id: idText(state) },
        body: part.map(validatorIdText),
      }),
    read: (raw) => readAnswer(z.array(balanceData), raw),
    namesOf: ({ index }) => [index.toString()],
    nameOf: validatorIdText,
  });
}
