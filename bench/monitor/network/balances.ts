import { luckOf, mixed } from './members.ts';
import { STAKE_GWEI, type Pay } from './pay.ts';

/** States that are kept, by the ends of their epochs: more than finality lags behind, with what it looks back to. */
const KEPT = 8;
/** What the sweep finds on average is half of what has come together since it was there. */
const MOST_EXCESS_GWEI = 18_000_000;

export interface Payout {
  readonly validator: number;
  readonly gwei: number;
}

/** Everybody's balance, so that the ledger of whoever is watched comes out even. Whole Gwei; a double holds them. */
export class Balances {
  readonly #gwei: Float64Array;
  readonly #pay: Pay;
  readonly #kept = new Map<number, Float64Array>();
  #sweep = 0;

  constructor(validators: number, pay: Pay) {
    this.#gwei = Float64Array.from(
      { length: validators },
      (_, at) => STAKE_GWEI + (mixed(at, 4) % MOST_EXCESS_GWEI),
    );
    this.#pay = pay;
  }

  /** At the transition into an epoch: for the votes of two epochs before. */
  payVotes(votedIn: number): void {
    const perfect = this.#pay.sumOf('perfect');
    const late = this.#pay.sumOf('late');
    const missed = this.#pay.sumOf('missed');
    for (let at = 0; at < this.#gwei.length; at += 1) {
      const luck = luckOf(at, votedIn);
      this.add(at, luck === 'perfect' ? perfect : luck === 'late' ? late : missed);
    }
  }

  add(validator: number, gwei: number): void {
    this.#gwei[validator] = (this.#gwei[validator] ?? 0) + gwei;
  }

  /** Takes from so many what is beyond the stake. */
  sweep(count: number): Payout[] {
    const payouts: Payout[] = [];
    for (let looked = 0; payouts.length < count && looked < this.#gwei.length; looked += 1) {
      const validator = this.#sweep;
      this.#sweep = (this.#sweep + 1) % this.#gwei.length;
      const gwei = (this.#gwei[validator] ?? 0) - STAKE_GWEI;
      if (gwei <= 0) continue;
      this.add(validator, -gwei);
      payouts.push({ validator, gwei });
    }
    return payouts;
  }

  /** As they are now, after a slot. */
  keep(slot: number): void {
    this.#kept.set(slot, this.#gwei.slice());
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Null for a slot that was not kept. */
  after(slot: number): Float64Array | null {
    return this.#kept.get(slot) ?? null;
  }

  get now(): Float64Array {
    return this.#gwei;
  }
}
