import { absolute, sum } from '../amounts.ts';
import type { SplitResult } from '../split/split-result.ts';
import type { StatementLine } from './statement.ts';

/**
 * How the pool's income becomes what is shared, on every statement: income, less slashing and expenses, less
 * commissions. The parts before each sum add up to it.
 */
export function poolLines({ totals, slashing, expenses, closing }: SplitResult): StatementLine[] {
  const lines: StatementLine[] = [];
  const part = (label: string, amountWei: bigint): void => {
    if (amountWei !== 0n) lines.push({ label, amountWei, kind: 'part' });
  };
  const total = (label: string, amountWei: bigint): number => lines.push({ label, amountWei, kind: 'sum' });
  part('Consensus layer', totals.clWei);
  part('Execution layer', totals.elWei);
  part('Corrections and income known later', totals.adjustmentsWei);
  total('Income of the pool', totals.clWei + totals.elWei + totals.adjustmentsWei);
  for (const { operator, validators, lossWei } of slashing)
    part(
      `Slashing of ${namedValidators(validators)}${operator === null ? '' : `, run by ${operator}`}`,
      -lossWei,
    );
  part('Made good by bonds', totals.bondWei);
  part('Expenses', -sum(expenses.map(({ amountWei }) => amountWei)));
  total('Net', totals.netWei);
  part('Makes good losses of before', -totals.lossRecoveredWei);
  const kept = totals.distributableWei - totals.netWei + totals.lossRecoveredWei;
  part('Loss carried, which later income makes good', kept);
  part('Commissions', -totals.commissionWei);
  part('Carried in the pool from before', totals.sharedWei - totals.distributableWei + totals.commissionWei);
  total('Shared among the participants', totals.sharedWei);
  if (closing.lossWei > 0n) total('Losses still to be made good', -closing.lossWei);
  return lines;
}

/** What slashing and bonds did to one participant. They are no part of the balance: a bond lies elsewhere. */
export function bondNotes({ slashing, bonds }: SplitResult, id: string): StatementLine[] {
  const own = slashing.filter(({ operator }) => operator === id);
  const bond = bonds.find(({ operator }) => operator === id);
  const note = (label: string, amountWei: bigint): StatementLine => ({ label, amountWei, kind: 'note' });
  return [
    ...own.map(({ validators, lossWei }) => note(`Slashing of own ${namedValidators(validators)}`, -lossWei)),
    ...(bond === undefined
      ? []
      : [
          ...(bond.usedWei === 0n ? [] : [note('Taken from the bond in this period', -bond.usedWei)]),
          note('Left of the bond', bond.leftWei),
        ]),
    ...own
      .filter(({ restWei }) => restWei > 0n)
      .map(({ restWei }) => note('Of that slashing, borne by the pool', absolute(restWei))),
  ];
}

const namedValidators = (validators: readonly bigint[]): string =>
  validators.length === 1
    ? `validator ${validators[0] ?? ''}`
    : validators.length <= 5
      ? `validators ${validators.join(', ')}`
      : `${validators.length} validators`;
