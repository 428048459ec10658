import type { RateLimit } from './access-policy.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Whoever waits exactly as long as told must not fail by the last digit of a sum of fractions. */
const ROUNDING = 1e-6;

/**
 * Rate limits by token bucket: one per client or address, full at first. The number of buckets is bounded: the one
 * that was not used for the longest time makes room, which at worst gives its owner a full bucket again.
 */
export class TokenBuckets {
  readonly #nowMs: () => number;
  readonly #maxBuckets: number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param nowMs a clock that never goes back */
  constructor(nowMs: () => number, maxBuckets = 10_000) {
    this.#nowMs = nowMs;
    this.#maxBuckets = maxBuckets;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /**
   * Takes a number of requests, all or none.
   * @returns 0, or the milliseconds after which there will be room for them, if they are no more than a burst
   */
  take(id: string, { perSecond, burst }: RateLimit, requests = 1): number {
    const now = this.#nowMs();
    const before = this.#buckets.get(id);
    const gained = before === undefined ? burst : ((now - before.atMs) / 1000) * perSecond;
    const tokens = Math.min(burst, (before?.tokens ?? 0) + gained);
    const allowed = tokens > requests - ROUNDING;
    this.#buckets.delete(id);
    this.#buckets.set(id, { tokens: allowed ? Math.max(0, tokens - requests) : tokens, atMs: now });
    if (this.#buckets.size > this.#maxBuckets) this.#dropOldest();
    return allowed ? 0 : Math.max(1, Math.ceil(((requests - tokens) / perSecond) * 1000));
  }

  #dropOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
