import { formatScaled } from '../splits/amounts.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { slashingLoss } from './slashing-loss.ts';
import type { StakeGroup } from './stake-groups.ts';

const WIDTH = 40;
const FULL = '█';
/** Eighths of a character cell. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** What one validator loses when so many like it are slashed together, in the whole network. */
export interface ChartPoint {
  readonly slashed: bigint;
  readonly takenGwei: bigint;
}

/** In steps of 1, 3, 10, 30, … until a third of the network is slashed, which costs everything. */
export function lossBySlashed(
  rules: PenaltyRules,
  one: StakeGroup,
  totalStakeGwei: bigint,
): readonly ChartPoint[] {
  const third = ceiling(totalStakeGwei, 3n * one.effectiveBalanceGwei);
  const points: ChartPoint[] = [];
  const add = (slashed: bigint): void => {
    const othersGwei = (slashed - 1n) * one.effectiveBalanceGwei;
    const { total } = slashingLoss(rules, [{ ...one, count: 1n }], { totalStakeGwei, othersGwei });
    points.push({ slashed, takenGwei: total.takenGwei });
  };
  for (let step = 1n; step < third; step *= 10n) {
    add(step);
    if (3n * step < third) add(3n * step);
  }
  add(third);
  return points;
}

/** A bar for each point, the longest of which is the whole balance. */
export function chartLines(points: readonly ChartPoint[], balanceGwei: bigint): string[] {
  const rows = points.map(({ slashed, takenGwei }) => ({
    label: slashed.toLocaleString('en-US'),
    eth: formatScaled((takenGwei + 9_999n) / 10_000n, 5),
    bar: barOf(takenGwei, balanceGwei),
  }));
  const label = Math.max(...rows.map((row) => row.label.length));
  const eth = Math.max(...rows.map((row) => row.eth.length));
  return rows.map((row) =>
    `${row.label.padStart(label)}  ${row.eth.padStart(eth)} ETH  ${row.bar}`.trimEnd(),
  );
}

/** At least a sliver for anything above zero. */
export function barOf(value: bigint, most: bigint): string {
  if (value <= 0n || most <= 0n) return '';
  const eighths = Number((value * BigInt(WIDTH * 8)) / most);
  const shown = Math.min(WIDTH * 8, Math.max(1, eighths));
  return FULL.repeat(Math.floor(shown / 8)) + (PARTS[shown % 8] ?? '');
}

const ceiling = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;
