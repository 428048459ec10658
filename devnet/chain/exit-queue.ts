import { incrementOf, totalActiveBalance } from './balances.ts';
import { epochAt, type Rules } from './rules.ts';
import { updateValidator, validatorAt, type BeaconState } from './state.ts';

/** `compute_activation_exit_epoch`. */
export const activationExitEpoch = (rules: Rules, epoch: number): number =>
  epoch + 1 + rules.MAX_SEED_LOOKAHEAD;

export function balanceChurnLimit(rules: Rules, state: BeaconState): bigint {
  const share = totalActiveBalance(rules, state) / BigInt(rules.CHURN_LIMIT_QUOTIENT);
  const least = BigInt(rules.MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA);
  const churn = share > least ? share : least;
  return churn - (churn % incrementOf(rules));
}

export function activationExitChurnLimit(rules: Rules, state: BeaconState): bigint {
  const churn = balanceChurnLimit(rules, state);
  const most = BigInt(rules.MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT);
  return churn < most ? churn : most;
}

export const consolidationChurnLimit = (rules: Rules, state: BeaconState): bigint =>
  balanceChurnLimit(rules, state) - activationExitChurnLimit(rules, state);

interface Queue {
  readonly epoch: number;
  readonly left: bigint;
}

/** Where in a queue of so much per epoch an amount ends up, and what is then left of that epoch. */
function enqueue(queue: Queue, earliest: number, perEpoch: bigint, amount: bigint): Queue {
  const epoch = Math.max(queue.epoch, earliest);
  const left = queue.epoch < earliest ? perEpoch : queue.left;
  if (amount <= left) return { epoch, left: left - amount };
  const further = (amount - left - 1n) / perEpoch + 1n;
  return { epoch: epoch + Number(further), left: left + further * perEpoch - amount };
}

/** Where the state keeps a queue, and how much of it may leave in an epoch. */
interface QueueOfState {
  readonly epoch: 'earliestExitEpoch' | 'earliestConsolidationEpoch';
  readonly left: 'exitBalanceToConsume' | 'consolidationBalanceToConsume';
  readonly churnLimit: (rules: Rules, state: BeaconState) => bigint;
}

const EXITS: QueueOfState = {
  epoch: 'earliestExitEpoch',
  left: 'exitBalanceToConsume',
  churnLimit: activationExitChurnLimit,
};

const CONSOLIDATIONS: QueueOfState = {
  epoch: 'earliestConsolidationEpoch',
  left: 'consolidationBalanceToConsume',
  churnLimit: consolidationChurnLimit,
};

const queueUp =
  ({ epoch, left, churnLimit }: QueueOfState) =>
  (rules: Rules, state: BeaconState, gwei: bigint): number => {
    const earliest = activationExitEpoch(rules, epochAt(rules, state.slot));
    const queue = { epoch: state[epoch], left: state[left] };
    const after = enqueue(queue, earliest, churnLimit(rules, state), gwei);
    state[epoch] = after.epoch;
    state[left] = after.left;
    return after.epoch;
  };

/** `compute_exit_epoch_and_update_churn`. */
export const exitEpochFor = queueUp(EXITS);

/** `compute_consolidation_epoch_and_update_churn`. */
export const consolidationEpochFor = queueUp(CONSOLIDATIONS);

/** `initiate_validator_exit`; a second time changes nothing. */
export function initiateExit(rules: Rules, state: BeaconState, index: number): void {
  const validator = validatorAt(state, index);
  if (validator.exitEpoch !== Infinity) return;
  const exitEpoch = exitEpochFor(rules, state, validator.effectiveBalance);
  const withdrawableEpoch = exitEpoch + rules.MIN_VALIDATOR_WITHDRAWABILITY_DELAY;
  updateValidator(state, index, { exitEpoch, withdrawableEpoch });
}
