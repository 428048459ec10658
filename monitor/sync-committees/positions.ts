/** The sync committee of one period, as far as it is watched. */
export interface SyncSeats {
  readonly period: bigint;
  /** Validators by position; one may come several times. */
  readonly committee: Uint32Array;
  /** Positions of the whole committee. */
  readonly size: number;
  /** By watched validator: its positions, ascending. Who is not in the committee is missing. */
  readonly positions: ReadonlyMap<number, readonly number[]>;
}

/** @param committee validators by position; one may come several times */
export function syncSeats(period: bigint, committee: Uint32Array, watched: ReadonlySet<number>): SyncSeats {
  const positions = new Map<number, number[]>();
  committee.forEach((validator, position) => {
    if (!watched.has(validator)) return;
    const known = positions.get(validator);
    if (known === undefined) positions.set(validator, [position]);
    else known.push(position);
  });
  return { period, committee, size: committee.length, positions };
}
