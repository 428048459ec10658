/** Durations of one network in the words of Prometheus: an epoch is 384 s on mainnet and 80 s on Gnosis. */
export class EpochTime {
  readonly slotDurationMs: number;
  readonly slotsPerEpoch: number;

  constructor(network: { readonly slotDurationMs: number; readonly slotsPerEpoch: bigint }) {
    this.slotDurationMs = network.slotDurationMs;
    this.slotsPerEpoch = Number(network.slotsPerEpoch);
  }

  /** So many epochs as a duration such as `6m24s`, for `for:` and for ranges. */
  epochs(count: number): string {
    return promDuration(count * this.#epochMs);
  }

  /** So many epochs in seconds, for comparisons with times. */
  epochSeconds(count: number): number {
    return (count * this.#epochMs) / 1000;
  }

  get #epochMs(): number {
    return this.slotDurationMs * this.slotsPerEpoch;
  }
}

export const MAINNET_TIME = new EpochTime({ slotDurationMs: 12_000, slotsPerEpoch: 32n });

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** @param ms rounded to whole milliseconds */
export function promDuration(ms: number): string {
  let rest = Math.round(ms);
  if (rest === 0) return '0s';
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
