/** Epochs in a row, both ends included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** What is left of a range without some intervals, which are ascending and apart. */
export function without({ first, last }: Interval, taken: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let next = first;
  for (const interval of taken) {
    if (interval.last < next) continue;
    if (interval.first > last) break;
    if (interval.first > next) left.push({ first: next, last: interval.first - 1n });
    next = interval.last + 1n;
  }
  if (next <= last) left.push({ first: next, last });
  return left;
}

export const contains = ({ first, last }: Interval, epoch: bigint): boolean =>
  first <= epoch && epoch <= last;

/** The same stretch of epochs for several validators. */
export interface SharedInterval extends Interval {
  readonly validators: readonly number[];
}

/**
 * Cuts intervals of many validators into stretches in each of which the same validators are.
 * @param cuts further epochs at which a stretch has to begin
 */
export function shared(
  intervals: Iterable<readonly [validator: number, Interval]>,
  cuts: Iterable<bigint> = [],
): SharedInterval[] {
  const list = [...intervals];
  const starts = new Set<bigint>();
  for (const [, { first, last }] of list) starts.add(first).add(last + 1n);
  for (const cut of cuts) starts.add(cut);
  const bounds = [...starts].sort((a, b) => (a < b ? -1 : 1));
  const place = new Map(bounds.map((bound, index) => [bound, index]));
  const members = bounds.map((): number[] => []);
  for (const [validator, { first, last }] of list)
    for (let at = place.get(first) ?? 0; at < (place.get(last + 1n) ?? 0); at += 1)
      members[at]?.push(validator);
  return bounds.flatMap((first, index) => {
    const validators = members[index] ?? [];
    const next = bounds[index + 1];
    if (validators.length === 0 || next === undefined) return [];
    return [{ first, last: next - 1n, validators: validators.sort((a, b) => a - b) }];
  });
}
