/**
 * Where something stands in a line, or stood. A class, because V8 may take object literals for long-lived and put them,
 * with all that they refer to, where it is not collected for a long time; instances of a class it never does.
 */
export class Spot<T> {
  readonly value: T;
  /** The line it stands in now. */
  line: Line<T> | null = null;
  before: Spot<T> | null = null;
  after: Spot<T> | null = null;

  constructor(value: T) {
    this.value = value;
  }
}

/**
 * Things in the order in which they came, for those that come and go with every request: to enter and to leave costs the
 * same however long the line is, and leaves nothing behind. A `Set` makes a new table for every few that leave, and the
 * tables before it hold on to one another until all of the heap is collected.
 */
export class Line<T> {
  #first: Spot<T> | null = null;
  #last: Spot<T> | null = null;

  /** At the end. */
  enter(value: T): Spot<T> {
    const spot = new Spot(value);
    this.append(spot);
    return spot;
  }

  /** To the end, from wherever it stands. */
  append(spot: Spot<T>): void {
    spot.line?.leave(spot);
    spot.line = this;
    spot.before = this.#last;
    if (this.#last === null) this.#first = spot;
    else this.#last.after = spot;
    this.#last = spot;
  }

  /** @returns false when it does not stand here */
  leave(spot: Spot<T>): boolean {
    if (spot.line !== this) return false;
    const { before, after } = spot;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    spot.line = null;
    // What has left must not hold on to what comes later: the collector may look at it long after.
    spot.before = null;
    spot.after = null;
    return true;
  }

  /** From the first to the last; the one that was given last may leave. */
  *[Symbol.iterator](): Iterator<Spot<T>> {
    let spot = this.#first;
    while (spot !== null) {
      const next: Spot<T> | null = spot.after;
      yield spot;
      spot = next;
    }
  }
}
