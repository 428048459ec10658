import type { Gifts } from '../allocation/gifts.ts';
import type { NodeFacts, NodeShares } from '../allocation/own-balances.ts';
import { byText, positivePart, smaller, sum } from '../amounts.ts';
import type { Pool } from '../config/pool.ts';
import type { PeriodIncome } from '../income/period-income.ts';
import type { LedgerChain } from '../ledger/ledger-port.ts';
import type { PayoutState } from '../payouts/payout-state.ts';
import type { Period } from '../period.ts';
import { largestRemainder } from '../rounding.ts';
import { splitsError } from '../splits-errors.ts';
import { datedEntries } from './dated-entries.ts';
import type { AdjustmentLine, SlashingLine } from './split-result.ts';

/** From income to what there is to distribute. */
export interface Pot {
  readonly clWei: bigint;
  readonly elWei: bigint;
  /** With the slot that each is dated to. */
  readonly adjustments: readonly (AdjustmentLine & { readonly slot: bigint })[];
  readonly expenses: Pool['expenses'];
  readonly slashing: readonly SlashingLine[];
  readonly grossWei: bigint;
  readonly netWei: bigint;
  readonly lossRecoveredWei: bigint;
  /** Negative, or less than what nodes own, only when the pool shares its losses out. */
  readonly distributableWei: bigint;
  /** What nodes have of balances of their own; null under rules that divide one pot. */
  readonly nodes: Gifts | null;
  readonly lossWei: bigint;
  readonly heldWei: bigint;
  readonly bondWei: bigint;
  readonly bondUsedWei: ReadonlyMap<string, bigint>;
  readonly counted: readonly string[];
}

export function fillPot(
  pool: Pool,
  period: Period,
  chain: LedgerChain,
  income: PeriodIncome,
  opening: PayoutState,
  nodeShares: ((facts: Omit<NodeFacts, 'standings'>) => NodeShares) | null,
): Pot {
  const clWei = sum(income.validators.flatMap((validator) => validator.clWei));
  const elWei = sum(income.validators.flatMap((validator) => validator.elWei));
  const { expenses, adjustments, counted } = datedEntries(pool, period, chain, opening);
  const grossWei = clWei + elWei + sum(adjustments.map(({ amountWei }) => amountWei));

  const bonds = new Bonds(pool, opening);
  const slashing = slashingLines(pool, income, bonds);
  const slashingRest = sum(slashing.map(({ restWei }) => restWei));
  let netWei = grossWei - sum(expenses.map(({ amountWei }) => amountWei)) - slashingRest;
  const nodes = nodeShares?.({ slashing, adjustments }) ?? null;
  if (pool.loss.policy === 'operator-bond-first') {
    if (nodes !== null) for (const [operator, loss] of nodes.lossesWei) netWei += bonds.take(operator, loss);
    else if (netWei < 0n) netWei += bonds.cover(-netWei);
  }
  // What nodes have of balances of their own is theirs, whatever others lost.
  const owedWei = nodes === null ? 0n : sum(nodes.gifts.sharesWei.values());
  const surplusWei = netWei - owedWei;
  const lossRecoveredWei = smaller(positivePart(surplusWei), opening.lossWei);
  const markKept = pool.loss.policy === 'high-water-mark';
  return {
    clWei,
    elWei,
    adjustments,
    expenses,
    slashing,
    grossWei,
    netWei,
    lossRecoveredWei,
    distributableWei: surplusWei > 0n ? netWei - lossRecoveredWei : markKept ? owedWei : netWei,
    nodes: nodes?.gifts ?? null,
    lossWei: opening.lossWei - lossRecoveredWei + (markKept ? positivePart(-surplusWei) : 0n),
    heldWei: heldAfter(income, adjustments, opening),
    bondWei: bonds.taken,
    bondUsedWei: bonds.used,
    counted,
  };
}

function slashingLines(pool: Pool, income: PeriodIncome, bonds: Bonds): SlashingLine[] {
  const byOperator = new Map<string, { lossWei: bigint; validators: bigint[] }>();
  for (const { slashingWei, rule, validatorIndex } of income.validators) {
    if (slashingWei === 0n) continue;
    const operator = pool.validators[rule]?.operator ?? '';
    const line = byOperator.get(operator) ?? { lossWei: 0n, validators: [] };
    line.lossWei -= slashingWei;
    if (line.validators.at(-1) !== validatorIndex) line.validators.push(validatorIndex);
    byOperator.set(operator, line);
  }
  return [...byOperator]
    .sort(([a], [b]) => byText(a, b))
    .map(([operator, { lossWei, validators }]) => {
      const bondWei = bonds.take(operator, lossWei);
      return {
        operator: operator === '' ? null : operator,
        validators,
        lossWei,
        bondWei,
        restWei: lossWei - bondWei,
      };
    });
}

function heldAfter(
  income: PeriodIncome,
  adjustments: readonly AdjustmentLine[],
  opening: PayoutState,
): bigint {
  const added = sum(income.validators.map(({ heldWei }) => heldWei));
  const released = sum(adjustments.filter(({ fromHeld }) => fromHeld).map(({ amountWei }) => amountWei));
  // Only what was put aside before: what this period holds back is not resolved yet.
  if (released > opening.heldWei)
    throw splitsError(
      'SPLIT_IMPOSSIBLE',
      `adjustments take ${released} wei from what is held back, there are ${opening.heldWei}`,
    );
  return opening.heldWei - released + added;
}

/** What operators put up, less what earlier periods used. */
class Bonds {
  readonly used: Map<string, bigint>;
  readonly #left: Map<string, bigint>;
  taken = 0n;

  constructor(pool: Pool, opening: PayoutState) {
    this.used = new Map(opening.bondUsedWei);
    this.#left = new Map(
      [...pool.loss.bonds]
        .sort(([a], [b]) => byText(a, b))
        .map(([id, bond]) => [id, positivePart(bond - (this.used.get(id) ?? 0n))]),
    );
  }

  take(operator: string, wanted: bigint): bigint {
    const left = this.#left.get(operator) ?? 0n;
    const amount = smaller(left, wanted);
    if (amount === 0n) return 0n;
    this.#left.set(operator, left - amount);
    this.used.set(operator, (this.used.get(operator) ?? 0n) + amount);
    this.taken += amount;
    return amount;
  }

  /** A loss that is nobody's own: from all bonds in proportion to what is left of them. */
  cover(wanted: bigint): bigint {
    const holders = [...this.#left];
    const amount = smaller(wanted, sum(holders.map(([, left]) => left)));
    const { parts } = largestRemainder(
      amount,
      holders.map(([, left]) => left),
    );
    return sum(holders.map(([id], index) => this.take(id, parts[index] ?? 0n)));
  }
}
