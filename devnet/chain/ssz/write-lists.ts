import { ssz } from '@lodestar/types';
import type { StateView, TreeSource } from './state-tree.ts';
import { differ, updated } from './update-list.ts';
import { pendingDepositValue, validatorValue } from './values.ts';

const { phase0, electra } = ssz;

/** Queues: the array is another one when anything in it is. */
export function writeQueues(view: StateView, state: TreeSource, before: TreeSource | null): void {
  const { eth1DataVotes, pendingDeposits, pendingPartialWithdrawals, pendingConsolidations } = state;
  if (differ(before?.eth1DataVotes, eth1DataVotes)) {
    const toItem = phase0.Eth1Data.toViewDU.bind(phase0.Eth1Data);
    view.eth1DataVotes = updated(view.eth1DataVotes, before?.eth1DataVotes, eth1DataVotes, toItem);
  }
  if (differ(before?.pendingDeposits, pendingDeposits)) {
    view.pendingDeposits = updated(
      view.pendingDeposits,
      before?.pendingDeposits,
      pendingDeposits,
      (deposit) => electra.PendingDeposit.toViewDU(pendingDepositValue(deposit)),
    );
  }
  const partials = before?.pendingPartialWithdrawals;
  if (differ(partials, pendingPartialWithdrawals)) {
    view.pendingPartialWithdrawals = updated(
      view.pendingPartialWithdrawals,
      partials,
      pendingPartialWithdrawals,
      (partial) => electra.PendingPartialWithdrawal.toViewDU(partial),
    );
  }
  const consolidations = before?.pendingConsolidations;
  if (differ(consolidations, pendingConsolidations)) {
    view.pendingConsolidations = updated(
      view.pendingConsolidations,
      consolidations,
      pendingConsolidations,
      (consolidation) => electra.PendingConsolidation.toViewDU(consolidation),
    );
  }
}

/** Lists that a state changes in place. */
export type PerValidator = Pick<
  TreeSource,
  'validators' | 'balances' | 'previousParticipation' | 'currentParticipation' | 'inactivityScores'
>;

/** @returns the lists as they are now, to compare with next time */
export function writePerValidator(
  view: StateView,
  state: TreeSource,
  before: TreeSource | null,
): PerValidator {
  const { validators, balances, previousParticipation, currentParticipation, inactivityScores } = state;
  let now: PerValidator = before ?? state;
  if (differ(before?.validators, validators)) {
    view.validators = updated(view.validators, before?.validators, validators, (validator) =>
      phase0.Validator.toViewDU(validatorValue(validator)),
    );
    now = { ...now, validators: validators.slice() };
  }
  if (differ(before?.balances, balances)) {
    view.balances = updated(view.balances, before?.balances, balances, Number);
    now = { ...now, balances: balances.slice() };
  }
  if (differ(before?.previousParticipation, previousParticipation)) {
    view.previousEpochParticipation = updated(
      view.previousEpochParticipation,
      before?.previousParticipation,
      previousParticipation,
      Number,
    );
    now = { ...now, previousParticipation: previousParticipation.slice() };
  }
  if (differ(before?.currentParticipation, currentParticipation)) {
    view.currentEpochParticipation = updated(
      view.currentEpochParticipation,
      before?.currentParticipation,
      currentParticipation,
      Number,
    );
    now = { ...now, currentParticipation: currentParticipation.slice() };
  }
  if (differ(before?.inactivityScores, inactivityScores)) {
    view.inactivityScores = updated(
      view.inactivityScores,
      before?.inactivityScores,
      inactivityScores,
      Number,
    );
    now = { ...now, inactivityScores: inactivityScores.slice() };
  }
  return pick(now);
}

const pick = (lists: PerValidator): PerValidator => ({
  validators: lists.validators,
  balances: lists.balances,
  previousParticipation: lists.previousParticipation,
  currentParticipation: lists.currentParticipation,
  inactivityScores: lists.inactivityScores,
});
