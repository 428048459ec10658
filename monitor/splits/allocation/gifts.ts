import type { Standing } from '../split/standing.ts';

/** What a preset gives to whom, in wei, and by which weight; the rest goes to the participant of `floor-to`. */
export interface Gifts {
  readonly weights: ReadonlyMap<string, bigint>;
  readonly sharesWei: ReadonlyMap<string, bigint>;
  /** How each share comes about, a line a step, for `rewards explain`. */
  readonly derivations: ReadonlyMap<string, readonly string[]>;
  /** Where the preset judges validators by its own rule: what that rule made of them, in the same order. */
  readonly standings?: readonly Standing[];
}

/** Gifts while they are being made. */
export class GiftBook implements Gifts {
  readonly weights = new Map<string, bigint>();
  readonly sharesWei = new Map<string, bigint>();
  readonly derivations = new Map<string, string[]>();

  weigh(id: string, weight: bigint): void {
    this.weights.set(id, (this.weights.get(id) ?? 0n) + weight);
  }

  give(id: string, amountWei: bigint): void {
    this.sharesWei.set(id, (this.sharesWei.get(id) ?? 0n) + amountWei);
  }

  tell(id: string, ...lines: string[]): void {
    const told = this.derivations.get(id);
    if (told === undefined) this.derivations.set(id, lines);
    else told.push(...lines);
  }
}
