const STEPS = '▁▂▃▄▅▆▇█';
const LONGEST = 40;

/**
 * A character for each day: what it earned of what the best day did. A day with a loss is `▿`, one without rows a space.
 * Of a long period the last days are shown.
 */
export function sparkline(trend: ReadonlyMap<string, bigint>, days: readonly string[]): string {
  const shown = days.slice(-LONGEST);
  const most = shown.reduce((top, day) => {
    const value = trend.get(day) ?? 0n;
    return value > top ? value : top;
  }, 0n);
  return shown.map((day) => step(trend.get(day), most)).join('');
}

function step(value: bigint | undefined, most: bigint): string {
  if (value === undefined) return ' ';
  if (value < 0n) return '▿';
  if (value === 0n || most === 0n) return '▁';
  return STEPS[Number((value * BigInt(STEPS.length - 1) + most / 2n) / most)] ?? '█';
}
