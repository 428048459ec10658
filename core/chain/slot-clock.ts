import { slot, type Epoch, type Slot } from '../units.ts';
import { epochOfSlot, type ChainSpec } from './chain-spec.ts';

/** Where the time comes from: milliseconds since the Unix epoch. Injected, so that tests own the clock. */
export type TimeSource = () => number;

/** Wall-clock time in slots and epochs of one network. Before genesis it is slot 0. */
export class SlotClock {
  readonly #spec: ChainSpec;
  readonly #time: TimeSource;

  constructor(spec: ChainSpec, time: TimeSource) {
    this.#spec = spec;
    this.#time = time;
  }

  currentSlot(): Slot {
    const sinceGenesisMs = this.#time() - Number(this.#spec.genesisTimeSeconds) * 1000;
    return slot(BigInt(Math.max(0, Math.floor(sinceGenesisMs / this.#spec.slotDurationMs))));
  }

  /** Unix time, milliseconds. */
  nowMs(): bigint {
    return BigInt(Math.floor(this.#time()));
  }

  epochOf(at: Slot): Epoch {
    return epochOfSlot(this.#spec, at);
  }

  currentEpoch(): Epoch {
    return epochOfSlot(this.#spec, this.currentSlot());
  }
}
