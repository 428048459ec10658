import { changeBalance, incrementOf, maxEffectiveBalance } from '../balances.ts';
import { activationExitChurnLimit } from '../exit-queue.ts';
import { epochAt, startSlotOf, type Rules } from '../rules.ts';
import { validatorAt, type BeaconState, type PendingDeposit, type Validator } from '../state.ts';

/** `process_pending_deposits` (EIP-7251): only finalized ones, so much a epoch, those of exiting validators later. */
export function processPendingDeposits(rules: Rules, state: BeaconState): void {
  const nextEpoch = epochAt(rules, state.slot) + 1;
  const available = state.depositBalanceToConsume + activationExitChurnLimit(rules, state);
  const finalizedSlot = startSlotOf(rules, state.finalized.epoch);
  const postponed: PendingDeposit[] = [];
  let processed = 0n;
  let taken = 0;
  let limitReached = false;
  for (const deposit of state.pendingDeposits) {
    if (deposit.slot > finalizedSlot || taken >= rules.MAX_PENDING_DEPOSITS_PER_EPOCH) break;
    const index = indexOfPubkey(state, deposit.pubkey);
    const validator = index === -1 ? null : validatorAt(state, index);
    if (validator !== null && validator.withdrawableEpoch < nextEpoch) {
      applyDeposit(rules, state, deposit, index);
    } else if (validator !== null && validator.exitEpoch !== Infinity) {
      postponed.push(deposit);
    } else {
      limitReached = processed + deposit.amount > available;
      if (limitReached) break;
      processed += deposit.amount;
      applyDeposit(rules, state, deposit, index);
    }
    taken += 1;
  }
  state.pendingDeposits = [...state.pendingDeposits.slice(taken), ...postponed];
  state.depositBalanceToConsume = limitReached ? available - processed : 0n;
}

export const indexOfPubkey = (state: BeaconState, pubkey: string): number =>
  state.validators.findIndex((validator) => validator.pubkey === pubkey);

function applyDeposit(rules: Rules, state: BeaconState, deposit: PendingDeposit, known: number): void {
  if (known !== -1) {
    changeBalance(state, known, deposit.amount, 'deposit');
    return;
  }
  if (!deposit.signatureValid) return;
  const index = state.validators.length;
  state.validators.push(newValidator(rules, deposit));
  state.balances.push(0n);
  state.inactivityScores.push(0);
  state.previousParticipation = longer(state.previousParticipation);
  state.currentParticipation = longer(state.currentParticipation);
  changeBalance(state, index, deposit.amount, 'deposit');
}

/** `get_validator_from_deposit`. */
export function newValidator(
  rules: Rules,
  deposit: Pick<PendingDeposit, 'pubkey' | 'withdrawalCredentials' | 'amount'>,
): Validator {
  const validator = {
    ...{ pubkey: deposit.pubkey, withdrawalCredentials: deposit.withdrawalCredentials },
    ...{ effectiveBalance: 0n, slashed: false },
    ...{ activationEligibilityEpoch: Infinity, activationEpoch: Infinity },
    ...{ exitEpoch: Infinity, withdrawableEpoch: Infinity },
  };
  const rounded = deposit.amount - (deposit.amount % incrementOf(rules));
  const most = maxEffectiveBalance(rules, validator);
  return { ...validator, effectiveBalance: rounded < most ? rounded : most };
}

function longer(flags: Uint8Array): Uint8Array {
  const longerFlags = new Uint8Array(flags.length + 1);
  longerFlags.set(flags);
  return longerFlags;
}

/** `process_pending_consolidations`: what of the source is effective moves; the rest is swept later. */
export function processPendingConsolidations(rules: Rules, state: BeaconState): void {
  const nextEpoch = epochAt(rules, state.slot) + 1;
  let done = 0;
  for (const { sourceIndex, targetIndex } of state.pendingConsolidations) {
    const source = validatorAt(state, sourceIndex);
    if (!source.slashed) {
      if (source.withdrawableEpoch > nextEpoch) break;
      const balance = state.balances[sourceIndex] ?? 0n;
      const moved = balance < source.effectiveBalance ? balance : source.effectiveBalance;
      changeBalance(state, sourceIndex, -moved, 'consolidation');
      changeBalance(state, targetIndex, moved, 'consolidation');
    }
    done += 1;
  }
  state.pendingConsolidations = state.pendingConsolidations.slice(done);
}
