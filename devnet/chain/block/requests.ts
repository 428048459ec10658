import type { electra } from '@lodestar/types';
import { forkNamed } from '../../../core/chain/chain-spec.ts';
import { computeDomain, computeSigningRoot } from '../../../core/chain/signing-root.ts';
import { ssz } from '@lodestar/types';
import { fromHex, toHex } from '../../../core/hex.ts';
import { ZERO_ROOT } from '../../../core/units.ts';
import { changeBalance, hasExecutionCredentials, isCompounding, withdrawalAddressOf } from '../balances.ts';
import type { ChainContext } from '../context.ts';
import { indexOfPubkey } from '../epoch/pending.ts';
import { consolidationChurnLimit, consolidationEpochFor, exitEpochFor, initiateExit } from '../exit-queue.ts';
import { epochAt, type Rules } from '../rules.ts';
import { DOMAINS } from '../seeds.ts';
import { INFINITY_SIGNATURE } from '../signatures.ts';
import { isActive, updateValidator, validatorAt, type BeaconState, type Validator } from '../state.ts';
import { pendingPartials } from './exits.ts';

/** `UNSET_DEPOSIT_REQUESTS_START_INDEX`. */
export const UNSET = 2n ** 64n - 1n;

/** `process_deposit_request` (EIP-6110). The proof of possession is judged here, and only read when it is applied. */
export function processDepositRequest(
  { spec, signatures }: ChainContext,
  state: BeaconState,
  request: electra.DepositRequest,
): void {
  const version = forkNamed(spec, 'phase0')?.version ?? new Uint8Array(4);
  const { pubkey, withdrawalCredentials, amount } = request;
  const objectRoot = ssz.phase0.DepositMessage.hashTreeRoot({ pubkey, withdrawalCredentials, amount });
  const root = computeSigningRoot(objectRoot, computeDomain(DOMAINS.deposit, version, ZERO_ROOT));
  if (state.depositRequestsStartIndex === UNSET) state.depositRequestsStartIndex = request.index;
  const deposit = {
    pubkey: toHex(pubkey),
    withdrawalCredentials: toHex(withdrawalCredentials),
    amount: BigInt(amount),
    signature: request.signature,
    signatureValid: signatures.verify(root, [toHex(pubkey)], request.signature),
    slot: state.slot,
  };
  state.pendingDeposits = [...state.pendingDeposits, deposit];
}

/** `process_withdrawal_request` (EIP-7002): a request that does not hold is ignored, as the contract cannot refuse. */
export function processWithdrawalRequest(
  rules: Rules,
  state: BeaconState,
  request: electra.WithdrawalRequest,
): void {
  const index = indexOfPubkey(state, toHex(request.validatorPubkey));
  if (index === -1) return;
  const validator = validatorAt(state, index);
  const full = request.amount === 0n;
  const queueIsFull = state.pendingPartialWithdrawals.length === rules.PENDING_PARTIAL_WITHDRAWALS_LIMIT;
  if (queueIsFull && !full) return;
  if (!ownedBy(validator, request.sourceAddress) || !mayLeave(rules, state, validator)) return;
  const pending = pendingPartials(state, index);
  if (full) {
    if (pending === 0n) initiateExit(rules, state, index);
    return;
  }
  const least = BigInt(rules.MIN_ACTIVATION_BALANCE);
  const excess = (state.balances[index] ?? 0n) - least - pending;
  if (!isCompounding(validator) || validator.effectiveBalance < least || excess <= 0n) return;
  const amount = excess < request.amount ? excess : request.amount;
  const withdrawableEpoch = exitEpochFor(rules, state, amount) + rules.MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
  const added = { validatorIndex: index, amount, withdrawableEpoch };
  state.pendingPartialWithdrawals = [...state.pendingPartialWithdrawals, added];
}

/** `process_consolidation_request` (EIP-7251), or the switch to compounding when source and target are the same. */
export function processConsolidationRequest(
  rules: Rules,
  state: BeaconState,
  request: electra.ConsolidationRequest,
): void {
  const sourceIndex = indexOfPubkey(state, toHex(request.sourcePubkey));
  const targetIndex = indexOfPubkey(state, toHex(request.targetPubkey));
  if (sourceIndex === -1 || targetIndex === -1) return;
  const source = validatorAt(state, sourceIndex);
  if (!ownedBy(source, request.sourceAddress)) return;
  if (sourceIndex === targetIndex) {
    switchToCompounding(rules, state, sourceIndex);
    return;
  }
  const target = validatorAt(state, targetIndex);
  if (state.pendingConsolidations.length === rules.PENDING_CONSOLIDATIONS_LIMIT) return;
  if (consolidationChurnLimit(rules, state) <= BigInt(rules.MIN_ACTIVATION_BALANCE)) return;
  const epoch = epochAt(rules, state.slot);
  if (!isCompounding(target) || !isActive(target, epoch) || target.exitEpoch !== Infinity) return;
  if (!mayLeave(rules, state, source) || pendingPartials(state, sourceIndex) > 0n) return;
  const exitEpoch = consolidationEpochFor(rules, state, source.effectiveBalance);
  const withdrawableEpoch = exitEpoch + rules.MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
  updateValidator(state, sourceIndex, { exitEpoch, withdrawableEpoch });
  state.pendingConsolidations = [...state.pendingConsolidations, { sourceIndex, targetIndex }];
}

/** `switch_to_compounding_validator`: what is above 32 ETH goes to the end of the deposit queue and comes back. */
function switchToCompounding(rules: Rules, state: BeaconState, index: number): void {
  const validator = validatorAt(state, index);
  const active = isActive(validator, epochAt(rules, state.slot)) && validator.exitEpoch === Infinity;
  if (!active || !validator.withdrawalCredentials.startsWith('0x01')) return;
  const withdrawalCredentials = `0x02${validator.withdrawalCredentials.slice(4)}`;
  updateValidator(state, index, { withdrawalCredentials });
  const amount = (state.balances[index] ?? 0n) - BigInt(rules.MIN_ACTIVATION_BALANCE);
  if (amount <= 0n) return;
  changeBalance(state, index, -amount, 'compounding_excess');
  const { pubkey } = validator;
  const unsigned = { signature: INFINITY_SIGNATURE, signatureValid: false };
  const returning = { pubkey, withdrawalCredentials, amount, ...unsigned, slot: 0 };
  state.pendingDeposits = [...state.pendingDeposits, returning];
}

const ownedBy = (validator: Validator, sourceAddress: Uint8Array): boolean =>
  hasExecutionCredentials(validator) && withdrawalAddressOf(validator) === toHex(sourceAddress);

function mayLeave(rules: Rules, state: BeaconState, validator: Validator): boolean {
  const epoch = epochAt(rules, state.slot);
  const oldEnough = epoch >= validator.activationEpoch + rules.SHARD_COMMITTEE_PERIOD;
  return isActive(validator, epoch) && validator.exitEpoch === Infinity && oldEnough;
}

export const addressBytes = (hex: string): Uint8Array => fromHex(hex, 'address', 20);
