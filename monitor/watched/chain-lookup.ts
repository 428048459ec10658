import { validators, type BeaconNodes } from '../../beacon/index.ts';
import type { Pubkey } from '../../core/units.ts';
import type { OnChain } from './registry-scan.ts';
import type { ValidatorId } from './watch-entry.ts';

/** Validators asked for at once; the answers of one part are not lost when the next fails. */
const CHUNK = 1000;

/** Which validators the chain has. An index and its pubkey belong together for good, so each is asked for once only. */
export class ChainLookup {
  readonly #ask: BeaconNodes['ask'];
  readonly #byIndex = new Map<number, OnChain>();
  readonly #byPubkey = new Map<Pubkey, OnChain>();

  constructor(ask: BeaconNodes['ask']) {
    this.#ask = ask;
  }

  /** Null while the chain does not know it, or nobody has asked yet. */
  of(id: ValidatorId): OnChain | null {
    return (typeof id === 'number' ? this.#byIndex.get(id) : this.#byPubkey.get(id)) ?? null;
  }

  /** Asks for those that are not known yet. @throws what asking throws; what was answered before that is kept */
  async refresh(ids: Iterable<ValidatorId>): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => this.of(id) === null);
    for (let at = 0; at < unknown.length; at += CHUNK) {
      const part = unknown.slice(at, at + CHUNK).map((id) => (typeof id === 'number' ? BigInt(id) : id));
      const { data } = await this.#ask(validators('head', part));
      for (const { index, pubkey } of data) this.add({ index: Number(index), pubkey });
    }
  }

  add(validator: OnChain): void {
    this.#byIndex.set(validator.index, validator);
    this.#byPubkey.set(validator.pubkey, validator);
  }
}
