import type { ValidatorOnChain } from '../../beacon/beacon-node.ts';
import type { Pubkey } from '../../core/units.ts';

/** Which validators our keys are, as far as a beacon node has told. Never forgotten: an index is for ever. */
export class ValidatorIndices {
  readonly #byKey = new Map<Pubkey, bigint>();

  /** The last word counts: the index of a deposit that is not final yet may still change. */
  learn(validators: Iterable<ValidatorOnChain>): void {
    for (const { pubkey, index } of validators) this.#byKey.set(pubkey, BigInt(index));
  }

  of(pubkey: Pubkey): bigint | null {
    return this.#byKey.get(pubkey) ?? null;
  }
}
