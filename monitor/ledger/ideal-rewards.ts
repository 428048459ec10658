import type { AttestationReward, IdealReward } from '../../beacon/index.ts';
import { FLAGS, type FlagName } from './formulas.ts';

/** What a perfect vote earned in one epoch, by flag. */
export interface IdealParts {
  readonly source: bigint;
  readonly target: bigint;
  readonly head: bigint;
  /** False where it was worked out from the other balances and may be a few Gwei low, or came as a fraction. */
  readonly exact: boolean;
}

/** A reward as a share of its increments: `numerator / denominator`. */
interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * The reward of a flag is `⌊k·n⌋` for `n` increments, with one `k` for the whole epoch. Every amount that is known
 * narrows `k` down, so that the reward of a balance that the node left out follows from the others; clients stopped
 * their lists at 32 ETH for long. What a validator of that balance itself was paid is the best of witnesses.
 */
class Slope {
  #least: Ratio = { numerator: 0n, denominator: 1n };
  #most: Ratio | null = null;

  learn(increments: bigint, gwei: bigint): void {
    const least = { numerator: gwei, denominator: increments };
    const most = { numerator: gwei + 1n, denominator: increments };
    if (below(this.#least, least)) this.#least = least;
    if (this.#most === null || below(most, this.#most)) this.#most = most;
  }

  /** Null while nothing is known. */
  at(increments: bigint): { readonly gwei: bigint; readonly exact: boolean } | null {
    if (this.#most === null) return null;
    const gwei = (this.#least.numerator * increments) / this.#least.denominator;
    // Strictly below the upper end, so a whole number there does not count.
    const most = (this.#most.numerator * increments - 1n) / this.#most.denominator;
    return { gwei, exact: gwei === most };
  }
}

const below = (one: Ratio, other: Ratio): boolean =>
  one.numerator * other.denominator < other.numerator * one.denominator;

/** The ideal rewards of one epoch, for whatever effective balance is asked about. */
export class IdealRewards {
  readonly #incrementGwei: bigint;
  readonly #said: ReadonlyMap<bigint, IdealReward>;
  readonly #slopes: Record<FlagName, Slope> = { source: new Slope(), target: new Slope(), head: new Slope() };

  /** @param paid what validators of known effective balance were paid: a reward above zero is the ideal one */
  constructor(
    incrementGwei: bigint,
    said: ReadonlyMap<bigint, IdealReward>,
    paid: Iterable<{ readonly effectiveGwei: bigint; readonly reward: AttestationReward }>,
  ) {
    this.#incrementGwei = incrementGwei;
    this.#said = said;
    for (const { effectiveBalanceGwei, exact, ...ideal } of said.values()) {
      if (!exact) continue;
      for (const { name } of FLAGS) this.#learn(name, effectiveBalanceGwei, ideal[`${name}Gwei`]);
    }
    for (const { effectiveGwei, reward } of paid) {
      if (!reward.exact) continue;
      for (const { name } of FLAGS) {
        const gwei = reward[`${name}Gwei`];
        if (gwei > 0n) this.#learn(name, effectiveGwei, gwei);
      }
    }
  }

  /** Null when the node said nothing that it could be worked out from. */
  at(effectiveGwei: bigint): IdealParts | null {
    const said = this.#said.get(effectiveGwei);
    if (said !== undefined) {
      const { sourceGwei, targetGwei, headGwei, exact } = said;
      return { source: sourceGwei, target: targetGwei, head: headGwei, exact };
    }
    const increments = effectiveGwei / this.#incrementGwei;
    const source = this.#slopes.source.at(increments);
    const target = this.#slopes.target.at(increments);
    const head = this.#slopes.head.at(increments);
    if (source === null || target === null || head === null) return null;
    const exact = source.exact && target.exact && head.exact;
    return { source: source.gwei, target: target.gwei, head: head.gwei, exact };
  }

  #learn(flag: FlagName, effectiveGwei: bigint, gwei: bigint): void {
    const increments = effectiveGwei / this.#incrementGwei;
    if (increments > 0n) this.#slopes[flag].learn(increments, gwei);
  }
}
