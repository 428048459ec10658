import { Counter, Gauge, type Registry } from 'prom-client';

const PREFIX = 'vigil_monitor_';

/** Makes metrics of the monitor in one registry. */
export class Series {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  gauge<const Labels extends readonly string[] = []>(
    name: string,
    help: string,
    labelNames?: Labels,
  ): Gauge<Labels[number]> {
    return new Gauge({
      name: PREFIX + name,
      help,
      labelNames: labelNames ?? [],
      registers: this.#registers,
    });
  }

  counter<const Labels extends readonly string[] = []>(
    name: string,
    help: string,
    labelNames?: Labels,
  ): Counter<Labels[number]> {
    return new Counter({
      name: PREFIX + name,
      help,
      labelNames: labelNames ?? [],
      registers: this.#registers,
    });
  }
}

/** Nothing known is no zero: a series that ends says it better. */
export function setOrEnd(gauge: Gauge, value: number | bigint | null): void {
  if (value === null) gauge.remove();
  else gauge.set(Number(value));
}

/** Brings a counter to a total that somebody else counts; a total that fell, as after a new start, counts from zero. */
export function follow<Label extends string>(counter: Counter<Label>) {
  const before = new Map<string, number>();
  return (labels: Record<Label, string>, total: number): void => {
    const key = Object.values(labels).join(' ');
    const last = before.get(key) ?? 0;
    counter.inc(labels, total >= last ? total - last : total);
    before.set(key, total);
  };
}

/** The sum of a number by group, with a zero for each group that has none. */
export function byGroup<T>(
  groups: Iterable<string>,
  items: Iterable<T>,
  groupOf: (item: T) => string | undefined,
  amount: (item: T) => number,
): Map<string, number> {
  const sums = new Map([...groups].map((group) => [group, 0]));
  for (const item of items) {
    const group = groupOf(item);
    if (group !== undefined) sums.set(group, (sums.get(group) ?? 0) + amount(item));
  }
  return sums;
}
