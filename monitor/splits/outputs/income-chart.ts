import { absolute, formatEth } from '../amounts.ts';
import type { DayIncome } from '../income/period-income.ts';

const [BAR, GAP, HEIGHT] = [14, 4, 80];

/** The pool's income day by day as a small inline SVG: bars up for gains, down for losses. Integer coordinates only. */
export function incomeChart(days: readonly DayIncome[], unit: string): string {
  const bars = days.map(({ day, clWei, elWei, slashingWei }) => ({ day, wei: clWei + elWei + slashingWei }));
  const highest = bars.reduce((top, { wei }) => (wei > top ? wei : top), 0n);
  const lowest = bars.reduce((low, { wei }) => (wei < low ? wei : low), 0n);
  const range = highest - lowest === 0n ? 1n : highest - lowest;
  const scaled = (wei: bigint): number => Number((wei * BigInt(HEIGHT)) / range);
  const zero = scaled(highest);
  const width = bars.length * (BAR + GAP);
  const rectangles = bars.map(({ day, wei }, index) => {
    const height = Math.max(1, scaled(absolute(wei)));
    const top = wei < 0n ? zero : zero - height;
    return (
      `<rect x="${index * (BAR + GAP)}" y="${top + 1}" width="${BAR}" height="${height}" ` +
      `class="${wei < 0n ? 'loss' : 'gain'}"><title>${day}: ${formatEth(wei)} ${unit}</title></rect>`
    );
  });
  return (
    `<svg viewBox="0 0 ${width} ${HEIGHT + 2}" width="${width}" height="${HEIGHT + 2}" role="img" ` +
    `aria-label="Income of the pool by day">${rectangles.join('')}` +
    `<line x1="0" x2="${width}" y1="${zero + 1}" y2="${zero + 1}"/></svg>`
  );
}
