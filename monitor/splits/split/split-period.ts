import type { Allocation, AllocationInputs } from '../allocation/allocation.ts';
import { allocateByRules } from '../allocation/by-rules.ts';
import { lidoCsm } from '../allocation/lido-csm.ts';
import { megapools, minipools, smoothingPool } from '../allocation/rocket-pool.ts';
import { GiftBook } from '../allocation/gifts.ts';
import type { NodeFacts, NodeShares } from '../allocation/own-balances.ts';
import { allocateToOperators, withRest } from '../allocation/to-operators.ts';
import { byText, formatEth, positivePart, sum } from '../amounts.ts';
import type { Pool } from '../config/pool.ts';
import { currencyOf } from '../currency.ts';
import type { PeriodIncome } from '../income/period-income.ts';
import type { LedgerChain } from '../ledger/ledger-port.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import type { Period } from '../period.ts';
import { assertConserved } from './conservation.ts';
import { fillPot, type Pot } from './pot.ts';
import { settle } from './settle.ts';
import type { BondLine, SplitResult } from './split-result.ts';
import { standings, validatorLine, type Standing } from './standing.ts';

export interface SplitInputs {
  readonly pool: Pool;
  readonly period: Period;
  readonly chain: LedgerChain;
  readonly income: PeriodIncome;
  readonly opening: PayoutState;
}

/**
 * One period, from income to payouts. Pure: the same inputs give the same result, and no clock, file or float is asked.
 * @throws SPLIT_IMPOSSIBLE, NETWORK_PERFORMANCE_MISSING, SPLIT_NOT_CONSERVED
 */
export function splitPeriod(inputs: SplitInputs): SplitResult {
  const { pool, period, chain, income, opening } = inputs;
  const standing = standings(pool, income);
  const pot = fillPot(pool, period, chain, income, opening, nodeShares(pool, standing));
  const allocation = allocate({
    pool,
    period,
    chain,
    income,
    standings: standing,
    pot,
    carryWei: opening.carryWei,
  });
  const { participants, accounts } = settle(pool, pot, allocation, opening);
  const result: SplitResult = {
    totals: {
      clWei: pot.clWei,
      elWei: pot.elWei,
      adjustmentsWei: sum(pot.adjustments.map(({ amountWei }) => amountWei)),
      slashingWei: -sum(pot.slashing.map(({ lossWei }) => lossWei)),
      bondWei: pot.bondWei,
      expensesWei: sum(pot.expenses.map(({ amountWei }) => amountWei)),
      heldWei: sum(income.validators.map(({ heldWei }) => heldWei)),
      excludedWei: sum(income.validators.map(({ excludedWei }) => excludedWei)),
      netWei: pot.netWei,
      lossRecoveredWei: pot.lossRecoveredWei,
      distributableWei: pot.distributableWei,
      commissionWei: sum(allocation.commission.map(({ amountWei }) => amountWei)),
      sharedWei: allocation.sharedWei,
      weight: sum(allocation.weights),
      payoutWei: sum(participants.map(({ payoutWei }) => payoutWei)),
    },
    slashing: pot.slashing,
    bonds: bondLines(pool, pot, opening),
    expenses: pot.expenses.map(({ label, to, amountWei }) => ({ label, to, amountWei })),
    adjustments: pot.adjustments.map(({ label, basis, fromHeld, validator, amountWei }) => ({
      label,
      basis,
      fromHeld,
      validator,
      amountWei,
    })),
    commission: allocation.commission,
    participants,
    validators: (allocation.standings ?? standing).map(validatorLine),
    derivations: allocation.derivations,
    days: income.days,
    warnings: [...allocation.warnings, ...warnings(inputs, pot)],
    closing: {
      accounts,
      carryWei: allocation.restWei,
      lossWei: pot.lossWei,
      heldWei: pot.heldWei,
      bondUsedWei: pot.bondUsedWei,
      validators: income.ends,
      counted: pot.counted,
    },
  };
  assertConserved(result, opening);
  return result;
}

function allocate(inputs: AllocationInputs): Allocation {
  switch (inputs.pool.preset) {
    case null:
    case 'pro-rata':
    case '0xsplits':
      return allocateByRules(inputs);
    case 'lido-csm':
      return allocateToOperators(inputs, lidoCsm);
    case 'rocket-pool-smoothing-pool':
      return allocateToOperators(inputs, smoothingPool);
    case 'rocket-pool-minipool':
    case 'rocket-pool-megapool':
      return withRest(inputs, inputs.pot.nodes ?? new GiftBook());
  }
}

/** Under which presets validators have balances of their own, and what their nodes have of them. */
function nodeShares(
  pool: Pool,
  standings: readonly Standing[],
): ((facts: Omit<NodeFacts, 'standings'>) => NodeShares) | null {
  if (pool.preset === 'rocket-pool-minipool') return (facts) => minipools(pool, { ...facts, standings });
  if (pool.preset === 'rocket-pool-megapool') return (facts) => megapools(pool, { ...facts, standings });
  return null;
}

function warnings({ pool, chain, income, opening }: SplitInputs, pot: Pot): string[] {
  const { unit } = currencyOf(pool, chain.chainId);
  const ids = new Set(pool.participants.map(({ id }) => id));
  const gone = [...opening.accounts].filter(([id, { balanceWei }]) => !ids.has(id) && balanceWei !== 0n);
  const excluded = sum(income.validators.map(({ excludedWei }) => excludedWei));
  return [
    ...gone.map(
      ([id, { balanceWei }]) =>
        `${id} is not in the configuration and keeps a balance of ${formatEth(balanceWei)} ${unit}; leave participants in, without stake, until they are paid`,
    ),
    ...ownerless(pool, pot),
    ...overspent(pot, unit),
    ...(excluded === 0n
      ? []
      : [
          `${formatEth(excluded)} ${unit === 'ETH' ? unit : 'xDAI'} of execution-layer income is left out by the configuration`,
        ]),
  ];
}

/** Income that nobody's validators earned gives no commission on them: seldom what was meant. */
function ownerless({ commission }: Pool, { adjustments }: Pot): string[] {
  if (commission.every(({ of }) => of === 'pool')) return [];
  return adjustments
    .filter(({ validator }) => validator === null)
    .map(({ label }) => `the adjustment "${label}" names no validator, so no operator has commission on it`);
}

function bondLines({ loss }: Pool, { bondUsedWei }: Pot, opening: PayoutState): BondLine[] {
  return [...loss.bonds]
    .sort(([a], [b]) => byText(a, b))
    .map(([operator, bond]) => {
      const used = bondUsedWei.get(operator) ?? 0n;
      return {
        operator,
        usedWei: used - (opening.bondUsedWei.get(operator) ?? 0n),
        leftWei: positivePart(bond - used),
      };
    });
}

/** Expenses that are paid back are paid whatever was earned, so the difference is a loss of everybody. */
function overspent({ expenses, grossWei }: Pot, unit: string): string[] {
  const spentWei = sum(expenses.map(({ amountWei }) => amountWei));
  return spentWei > 0n && spentWei > grossWei
    ? [
        `expenses of ${formatEth(spentWei)} ${unit} are more than the income of ${formatEth(grossWei)} ${unit}: the difference is a loss of the pool`,
      ]
    : [];
}
