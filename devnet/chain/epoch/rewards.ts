import { baseRewardPerIncrement, changeBalance, incrementOf, totalActiveBalance } from '../balances.ts';
import { epochAt, type Rules } from '../rules.ts';
import { validatorAt, type BeaconState } from '../state.ts';
import { FLAGS, TARGET_BIT, WEIGHT_DENOMINATOR } from '../weights.ts';
import {
  eligibleIndices,
  isInLeak,
  participatedBefore,
  participatingBalance,
  previousEpochOf,
} from './participation.ts';

/** `process_inactivity_updates`. */
export function processInactivityUpdates(rules: Rules, state: BeaconState): void {
  if (epochAt(rules, state.slot) === 0) return;
  const votedTarget = participatedBefore(rules, state, TARGET_BIT);
  const inLeak = isInLeak(rules, state);
  for (const index of eligibleIndices(rules, state)) {
    let score = state.inactivityScores[index] ?? 0;
    score = votedTarget(index) ? Math.max(0, score - 1) : score + rules.INACTIVITY_SCORE_BIAS;
    if (!inLeak) score = Math.max(0, score - rules.INACTIVITY_SCORE_RECOVERY_RATE);
    state.inactivityScores[index] = score;
  }
}

/** `process_rewards_and_penalties`: the votes of the previous epoch, flag by flag, then the inactivity penalties. */
export function processRewards(rules: Rules, state: BeaconState): void {
  if (epochAt(rules, state.slot) === 0) return;
  const previous = previousEpochOf(rules, state);
  const eligible = eligibleIndices(rules, state);
  const inLeak = isInLeak(rules, state);
  const perIncrement = baseRewardPerIncrement(rules, state);
  const activeIncrements = totalActiveBalance(rules, state) / incrementOf(rules);
  const participatingIncrements = FLAGS.map(
    ({ bit }) =>
      participatingBalance(rules, state, previous, state.previousParticipation, bit) / incrementOf(rules),
  );
  const baseReward = (index: number) =>
    (validatorAt(state, index).effectiveBalance / incrementOf(rules)) * perIncrement;
  FLAGS.forEach(({ name, bit, weight }, flag) => {
    const participated = participatedBefore(rules, state, bit);
    const participating = participatingIncrements[flag] ?? 0n;
    for (const index of eligible) {
      const weighted = baseReward(index) * weight;
      if (participated(index)) {
        const reward = inLeak ? 0n : (weighted * participating) / (activeIncrements * WEIGHT_DENOMINATOR);
        changeBalance(state, index, reward, name);
      } else if (name !== 'head') {
        changeBalance(state, index, -(weighted / WEIGHT_DENOMINATOR), name);
      }
    }
  });
  inactivityPenalties(rules, state, eligible);
  state.journal.epochs.push({
    ...{ epoch: previous, baseRewardPerIncrement: perIncrement, activeIncrements },
    ...{ participatingIncrements, inLeak, eligible },
  });
}

/** `get_inactivity_penalty_deltas`, with the quotient of Bellatrix and later. */
function inactivityPenalties(rules: Rules, state: BeaconState, eligible: readonly number[]): void {
  const votedTarget = participatedBefore(rules, state, TARGET_BIT);
  const quotient = BigInt(rules.INACTIVITY_SCORE_BIAS) * BigInt(rules.INACTIVITY_PENALTY_QUOTIENT_BELLATRIX);
  for (const index of eligible) {
    if (votedTarget(index)) continue;
    const score = BigInt(state.inactivityScores[index] ?? 0);
    changeBalance(
      state,
      index,
      -((validatorAt(state, index).effectiveBalance * score) / quotient),
      'inactivity',
    );
  }
}
