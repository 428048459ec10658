import { baseRewardPerIncrement, voteEconomics } from './duty-economics.ts';
import { addedUp, type Loss } from './loss.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { simulateOffline } from './simulate-offline.ts';
import type { StakeGroup } from './stake-groups.ts';

export interface OfflineLossOfAll {
  readonly total: Loss;
  /** The earliest epoch after which one of them is put out; null when none is. */
  readonly ejectedAfter: number | null;
}

/** Validators that do not vote for some epochs, while the chain finalizes or (`leaking`) does not. */
export function offlineLoss(
  rules: PenaltyRules,
  ours: readonly StakeGroup[],
  at: { readonly totalStakeGwei: bigint; readonly epochs: number; readonly leaking: boolean },
): OfflineLossOfAll {
  const { totalStakeGwei, epochs, leaking } = at;
  const perIncrementGwei = baseRewardPerIncrement(rules, totalStakeGwei);
  const kinds = ours.map(({ count, effectiveBalanceGwei, balanceGwei }) => {
    const one = simulateOffline(rules, {
      effectiveBalanceGwei,
      balanceGwei,
      perIncrementGwei,
      epochs,
      leakEpochs: leaking ? epochs : 0,
    });
    const { otherGwei } = voteEconomics(rules, totalStakeGwei, effectiveBalanceGwei);
    const loss: Loss = {
      initialGwei: 0n,
      correlationGwei: 0n,
      missedGwei: one.missedGwei,
      inactivityGwei: one.inactivityGwei,
      takenGwei: one.missedGwei + one.inactivityGwei,
      lostVotesGwei: one.lostIncomeGwei,
      lostOtherGwei: otherGwei * BigInt(epochs),
    };
    return { count, loss, ejectedAfter: one.ejectedAfter };
  });
  const ejections = kinds.flatMap(({ ejectedAfter }) => (ejectedAfter === null ? [] : [ejectedAfter]));
  return { total: addedUp(kinds), ejectedAfter: ejections.length === 0 ? null : Math.min(...ejections) };
}
