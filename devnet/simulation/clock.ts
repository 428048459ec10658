/**
 * The time of a simulation. By steps it stands still wherever it was put, and is read by whoever works with the
 * chain in the same process; running, it is the machine's own clock, and the chain's slots are as long as its
 * `SLOT_DURATION_MS` says: an accelerated chain is one with short slots, which everybody can see in its spec.
 */
export class SimulationClock {
  readonly #genesisMs: number;
  readonly #slotMs: number;
  #stepMs: number;
  #running = false;

  constructor(genesisTimeSeconds: number, slotMs: number) {
    this.#genesisMs = genesisTimeSeconds * 1000;
    this.#slotMs = slotMs;
    this.#stepMs = this.#genesisMs;
  }

  /** Unix time, milliseconds. Handed to a `SlotClock` it makes this time the time of a signer or a monitor. */
  readonly nowMs = (): number => (this.#running ? Date.now() : this.#stepMs);

  currentSlot(): number {
    return Math.max(0, Math.floor((this.nowMs() - this.#genesisMs) / this.#slotMs));
  }

  /** @param share how far into the slot, from 0 up to 1 */
  stepTo(slot: number, share = 0): void {
    this.#stepMs = this.#genesisMs + (slot + share) * this.#slotMs;
  }

  /** Milliseconds from now until a point of a slot, never negative. */
  msUntil(slot: number, share: number): number {
    return Math.max(0, this.#genesisMs + (slot + share) * this.#slotMs - this.nowMs());
  }

  run(): void {
    this.#running = true;
  }
}
