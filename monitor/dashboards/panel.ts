/** What Grafana calls its units; those used here. */
type Unit = 'short' | 'percentunit' | 's' | 'reqps' | 'Bps' | 'none' | 'gwei' | 'bool' | 'dateTimeFromNow';

export interface Query {
  /**
   * PromQL. In selectors `$here` stands for the chosen instances, `$ours` for those and the chosen groups; `$range` for a
   * range that suits the zoom.
   */
  readonly expr: string;
  /** Of a series, with `{{label}}`. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  /** Shown at the small i: what it is, and what is good. */
  readonly about: string;
  readonly kind: 'timeseries' | 'stat' | 'table' | 'state-timeline';
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Columns of 24. */
  readonly width: number;
  readonly stacked?: true;
  readonly max?: number;
  /** Values from which on it is yellow, and red; with `below`, under which. */
  readonly limits?: { readonly warn: number; readonly bad: number; readonly below?: true };
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Of the file and the address. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  /** Whether it can be narrowed to groups of validators. */
  readonly grouped: boolean;
  /** The metric whose instances can be chosen. */
  readonly instancesOf: string;
  readonly rows: readonly Row[];
}

const HERE = 'instance=~"$instance"';

/** The query as Grafana gets it. */
export const queryText = (expr: string): string =>
  expr
    .replaceAll('$here', HERE)
    .replaceAll('$ours', `${HERE},group=~"$group"`)
    .replaceAll('$range', '$__rate_interval');
