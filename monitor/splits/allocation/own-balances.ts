import { larger, smaller } from '../amounts.ts';
import type { AdjustmentLine, SlashingLine } from '../split/split-result.ts';
import { incomeOf, type Standing } from '../split/standing.ts';
import { splitsError } from '../splits-errors.ts';
import type { Gifts } from './gifts.ts';

/** What nodes have of balances of their own, before anything of the whole pool is looked at. */
export interface NodeShares {
  readonly gifts: Gifts;
  /** What balances lost, by operator; positive. */
  readonly lossesWei: ReadonlyMap<string, bigint>;
}

export interface NodeFacts {
  readonly standings: readonly Standing[];
  readonly slashing: readonly SlashingLine[];
  readonly adjustments: readonly AdjustmentLine[];
}

/** One validator of one operator, under however many rules. */
export interface OwnBalance {
  readonly operator: string;
  readonly validatorIndex: bigint;
  readonly standings: readonly Standing[];
  readonly balanceWei: bigint;
}

/**
 * What each validator earned: income, less slashing that no bond made good, and income of it that became known later.
 * Nothing of one validator is ever set against another.
 */
export function ownBalances({ standings, slashing, adjustments }: NodeFacts): OwnBalance[] {
  const bonds = new Map(slashing.map(({ operator, bondWei }) => [operator ?? '', bondWei]));
  const found = new Map<string, { standings: Standing[]; balanceWei: bigint }>();
  const latest = new Map<bigint, { balanceWei: bigint }>();
  for (const standing of standings) {
    const operator = standing.operator ?? '';
    const { validatorIndex, slashingWei } = standing.income;
    const key = `${validatorIndex} ${operator}`;
    const own = found.get(key) ?? { standings: [], balanceWei: 0n };
    found.set(key, own);
    latest.set(validatorIndex, own);
    const left = bonds.get(operator) ?? 0n;
    const madeGood = smaller(left, larger(-slashingWei, 0n));
    bonds.set(operator, left - madeGood);
    own.standings.push(standing);
    own.balanceWei += incomeOf(standing.income) + slashingWei + madeGood;
  }
  for (const { label, validator, amountWei } of adjustments) {
    const own = validator === null ? undefined : latest.get(validator);
    if (own === undefined)
      throw splitsError(
        'SPLIT_IMPOSSIBLE',
        `the adjustment "${label}" is of a validator that has no rows in this period; date it into one in which it has`,
      );
    own.balanceWei += amountWei;
  }
  return [...found.values()].map((own) => ({
    ...own,
    operator: own.standings[0]?.operator ?? '',
    validatorIndex: own.standings[0]?.income.validatorIndex ?? 0n,
  }));
}
