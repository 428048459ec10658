import { sum } from '../amounts.ts';
import { commissions } from '../split/commission.ts';
import { participantWeights, weightDerivations } from '../split/weights.ts';
import type { Allocation, AllocationInputs } from './allocation.ts';
import { divide } from './divide.ts';

/** The rules of the configuration: commissions first, the rest by weight. `pro-rata` and `0xsplits` are these too. */
export function allocateByRules(inputs: AllocationInputs): Allocation {
  const { pool, chain, period, income, standings, pot, carryWei } = inputs;
  const commission = commissions(pool, chain, income, standings, pot);
  const sharedWei = pot.distributableWei - sum(commission.map(({ amountWei }) => amountWei)) + carryWei;
  const weights = participantWeights(pool, chain, period, standings);
  const derivations = weightDerivations(pool, chain, period, standings);
  return {
    commission,
    weights,
    sharedWei,
    derivations,
    standings: null,
    ...divide(pool, sharedWei, weights),
  };
}
