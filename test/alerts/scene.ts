/** Samples an epoch: what `for` and ranges count in is a multiple of it. */
export const STEPS = 8;

type Labels = Readonly<Record<string, string>>;

/** Series by name, each with its samples from the start on, in the words of promtool. */
type Series = Readonly<Record<string, string>>;

export interface Quiet {
  readonly quiet: string;
  readonly series: Series;
  /** Epochs from the start. */
  readonly at: number;
}

export interface Fires {
  readonly series: Series;
  /** Epoch at which it begins to be so: just before `for` is over nobody is told, just after it somebody is. */
  readonly from: number;
  /** Beside alertname, severity and area: exactly these. */
  readonly labels: Labels;
  /** `$value` as the texts show it; nothing where they do not. */
  readonly value?: string;
}

export type Scenes = Readonly<Record<string, readonly (Quiet | Fires)[]>>;

const withLabels = (metric: string, labels: Labels): string =>
  `${metric}{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;

/** Where the two daemons are scraped. */
export const MONITOR = { job: 'vigil-monitor', instance: 'monitor:9010' };
export const SIGNER = { job: 'vigil-signer', instance: 'signer:9001' };

/** A series of the monitor, or of the signer. */
export const m = (metric: string, labels: Labels = {}): string =>
  withLabels(metric, { ...MONITOR, ...labels });
export const s = (metric: string, labels: Labels = {}): string =>
  withLabels(metric, { ...SIGNER, ...labels });

/** One value after the other, each for so many epochs; null: no sample. */
export const values = (...parts: readonly (readonly [value: number | null, epochs: number])[]): string =>
  parts.map(([value, epochs]) => `${value ?? '_'}x${epochs * STEPS - (value === null ? 0 : 1)}`).join(' ');

/** A value that does not change for so many epochs. */
export const always = (value: number, epochs = 8): string => values([value, epochs]);

/** A counter that goes up by as much with every sample. */
export const rising = (by: number, epochs = 8): string => `0+${by}x${epochs * STEPS}`;
