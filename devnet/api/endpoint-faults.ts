/** What goes wrong at the HTTP of one node. */
export type EndpointFault =
  | { readonly kind: 'status'; readonly status: number }
  /** Never answers; the caller's patience ends it. */
  | { readonly kind: 'timeout' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answers what this makes of the right answer. */
  | { readonly kind: 'wrong'; readonly change: (answer: unknown) => unknown };

interface Rule {
  readonly path: RegExp;
  readonly fault: EndpointFault;
  left: number;
}

/** Faults by path, to be changed while the node runs. */
export class EndpointFaults {
  #rules: Rule[] = [];

  /**
   * @param path tested against the path of the request, without the query
   * @param times how many requests it befalls; all, when left out
   */
  add(path: RegExp, fault: EndpointFault, times = Infinity): this {
    this.#rules.push({ path, fault, left: times });
    return this;
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault for a request; the first rule that matches, used up by one. */
  take(path: string): EndpointFault | null {
    const rule = this.#rules.find(({ path: pattern, left }) => left > 0 && pattern.test(path));
    if (rule === undefined) return null;
    rule.left -= 1;
    return rule.fault;
  }
}
