import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Slot } from '../core/units.ts';
import { MAX_STORABLE } from './rules/check-time.ts';
import type { StorageRecord } from './storage/storage-port.ts';

/**
 * The clock as the guard trusts it: it never runs behind a slot that this database was used in. The future check
 * and the floors are only as good as that.
 */
export class ClockGuard {
  readonly #clock: SlotClock;
  readonly #toleranceSlots: bigint;
  readonly #outsideDoubt: () => string | null;
  #latest: Slot;

  /** @param latest the latest slot that the database was used in; @param outsideDoubt what beacon nodes say */
  constructor(clock: SlotClock, toleranceSlots: bigint, latest: Slot, outsideDoubt: () => string | null) {
    this.#clock = clock;
    this.#toleranceSlots = toleranceSlots;
    this.#latest = latest;
    this.#outsideDoubt = outsideDoubt;
  }

  get nowMs(): bigint {
    const now = this.#clock.nowMs();
    return now > MAX_STORABLE ? MAX_STORABLE : now;
  }

  get slot(): Slot {
    return this.#clock.currentSlot();
  }

  /** The latest slot ever seen here, the present one included: where floors are measured from. */
  get latestSlot(): Slot {
    const now = this.slot;
    return now > this.#latest ? now : this.#latest;
  }

  /** The latest slot on record, whatever the clock shows now. */
  get recordedSlot(): Slot {
    return this.#latest;
  }

  /** Why the clock is not to be trusted now, or null. */
  get doubt(): string | null {
    const now = this.slot;
    if (now + this.#toleranceSlots < this.#latest) {
      return `the clock shows slot ${now.toString()}, but slot ${this.#latest.toString()} has been seen before`;
    }
    return this.#outsideDoubt();
  }

  /** Takes the latest slot over as a database has it that others use too; an operator may have reset it there. */
  adopt(latest: Slot): void {
    this.#latest = latest;
  }

  /** To be written with what is signed now, once a slot; empty when it is written already. */
  advance(): StorageRecord[] {
    const now = this.slot;
    if (now <= this.#latest || now > MAX_STORABLE) return [];
    this.#latest = now;
    return [{ kind: 'latest-slot', slot: now }];
  }

  /** The operator's word that the clock is right now and was wrong before. */
  reset(): StorageRecord[] {
    this.#latest = this.slot;
    return [{ kind: 'latest-slot', slot: this.#latest }];
  }
}
