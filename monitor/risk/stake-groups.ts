import type { PenaltyRules } from './penalty-rules.ts';
import { riskError } from './risk-errors.ts';

/** Validators that are alike. Balances are of one of them. */
export interface StakeGroup {
  readonly count: bigint;
  readonly effectiveBalanceGwei: bigint;
  readonly balanceGwei: bigint;
}

/**
 * Groups by effective balance, the largest first; a balance is the average of its group, floored, so that ten thousand
 * validators cost no more than a few.
 */
export function stakeGroups(
  validators: readonly { readonly effectiveBalanceGwei: bigint; readonly balanceGwei: bigint }[],
): StakeGroup[] {
  return [...Map.groupBy(validators, ({ effectiveBalanceGwei }) => effectiveBalanceGwei)]
    .map(([effectiveBalanceGwei, alike]) => {
      const count = BigInt(alike.length);
      const sum = alike.reduce((total, { balanceGwei }) => total + balanceGwei, 0n);
      return { count, effectiveBalanceGwei, balanceGwei: sum / count };
    })
    .sort((a, b) => (a.effectiveBalanceGwei > b.effectiveBalanceGwei ? -1 : 1));
}

/** So many validators of one balance; the effective balance is what the chain would make of it. */
export function uniformStake(rules: PenaltyRules, count: bigint, balanceGwei: bigint): StakeGroup {
  const whole = balanceGwei - (balanceGwei % rules.incrementGwei);
  const { maxEffectiveBalanceGwei: most } = rules;
  if (whole === 0n) throw riskError('RISK_INPUT_INVALID', 'a validator must have at least one ether');
  return { count, balanceGwei, effectiveBalanceGwei: whole < most ? whole : most };
}

/** The first `count` validators of the groups: the largest ones, which lose the most. */
export function largestOf(groups: readonly StakeGroup[], count: bigint): StakeGroup[] {
  let left = count;
  return groups.flatMap((group) => {
    const taken = group.count < left ? group.count : left;
    left -= taken;
    return taken === 0n ? [] : [{ ...group, count: taken }];
  });
}

export const countOf = (groups: readonly StakeGroup[]): bigint =>
  groups.reduce((sum, { count }) => sum + count, 0n);
export const stakeOf = (groups: readonly StakeGroup[]): bigint =>
  groups.reduce((sum, { count, effectiveBalanceGwei }) => sum + count * effectiveBalanceGwei, 0n);
