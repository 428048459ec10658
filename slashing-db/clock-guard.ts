import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Slot } from '../core/units.ts';
import { MAX_STORABLE } from './rules/check-time.ts';
import type { StorageRecord } from './storage/storage-port.ts';

/** The latest slot in which another signer of the same database has signed, and which one that was. */
export interface SlotElsewhere {
  readonly signer: string;
  readonly slot: Slot;
}

/**
 * The clock as the guard trusts it: it never runs behind a slot that this signer has signed in. The future check
 * and the floors are only as good as that.
 *
 * Where others use the same database, each with a clock of its own, one that is ahead of this one may be wrong, and must
 * not stop all others. It need not, either: a clock that is late only refuses more, and what the others have signed is
 * on record. But a floor stands for what is on no record, so that none is measured by this clock until it gets there.
 */
export class ClockGuard {
  readonly #clock: SlotClock;
  readonly #toleranceSlots: bigint;
  readonly #outsideDoubt: () => string | null;
  #latest: Slot;
  #elsewhere: SlotElsewhere | null = null;

  /** @param latest the latest slot that this signer used the database in; @param outsideDoubt what beacon nodes say */
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

  /** The latest slot ever seen by anybody, the present one included: where floors are measured from. */
  get latestSlot(): Slot {
    return [this.#latest, this.#elsewhere?.slot ?? this.#latest].reduce(later, this.slot);
  }

  /** The latest slot that this signer has on record, whatever the clock shows now. */
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

  /** Why no floor can be measured now, or null: this clock is in doubt, or one elsewhere is ahead of it. */
  get floorDoubt(): string | null {
    return this.doubt ?? this.elsewhereAhead;
  }

  /** Which signer has signed in a later slot than this clock shows, or null. Either of the two clocks is wrong. */
  get elsewhereAhead(): string | null {
    const now = this.slot;
    if (this.#elsewhere === null || now + this.#toleranceSlots >= this.#elsewhere.slot) return null;
    const { signer, slot } = this.#elsewhere;
    return `the clock shows slot ${now.toString()}, but the signer ${signer} of the same database has signed in slot ${slot.toString()}`;
  }

  /** Takes the latest slot of this signer over as a shared database has it; an operator may have reset it there. */
  adopt(latest: Slot): void {
    this.#latest = latest;
  }

  adoptElsewhere(elsewhere: SlotElsewhere | null): void {
    this.#elsewhere = elsewhere;
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
    this.#elsewhere = null;
    return [{ kind: 'latest-slot', slot: this.#latest }];
  }
}

const later = (a: Slot, b: Slot): Slot => (b > a ? b : a);
