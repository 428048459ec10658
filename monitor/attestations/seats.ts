import type { Committee } from '../../beacon/index.ts';
import { epochOfSlot, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import type { Epoch, Slot } from '../../core/units.ts';
import { chainError } from '../chain/index.ts';
import { SlotSeats } from './slot-seats.ts';

/**
 * Where the watched validators sit in the committees of one epoch. It is fed slot by slot and keeps the sizes of all
 * committees, which an aggregate since Electra cannot be read without, and of the members only those who are watched:
 * it grows with them and not with the network.
 */
export class EpochSeats {
  readonly epoch: Epoch;
  readonly #spec: ChainSpec;
  readonly #watched: ReadonlySet<number>;
  readonly #slots = new Map<Slot, SlotSeats>();
  readonly #seated = new Set<number>();

  constructor(epoch: Epoch, watched: Iterable<number>, spec: ChainSpec) {
    this.epoch = epoch;
    this.#spec = spec;
    this.#watched = new Set(watched);
  }

  /**
   * @param committees all of the slot, in any order; not kept
   * @throws MONITOR_COMMITTEES_IMPOSSIBLE, and then nothing is taken over
   */
  addSlot(slot: Slot, committees: readonly Committee[]): void {
    if (epochOfSlot(this.#spec, slot) !== this.epoch) {
      throw impossible(`slot ${slot} is not in epoch ${this.epoch}`);
    }
    if (this.#slots.has(slot)) throw impossible(`slot ${slot} has its committees already`);
    const seats = new SlotSeats(slot, committees, this.#watched);
    const twice = seats.validators.find((validator) => this.#seated.has(validator));
    if (twice !== undefined) {
      throw impossible(`validator ${twice} sits in slot ${slot} and in another of epoch ${this.epoch}`);
    }
    for (const validator of seats.validators) this.#seated.add(validator);
    this.#slots.set(slot, seats);
  }

  /** Null while the committees of the slot are not known. */
  at(slot: Slot): SlotSeats | null {
    return this.#slots.get(slot) ?? null;
  }

  /** In the order of their slots. */
  get slots(): SlotSeats[] {
    return [...this.#slots.values()].sort((one, other) => Number(one.slot - other.slot));
  }

  missingSlots(): Slot[] {
    const start = startSlotOfEpoch(this.#spec, this.epoch);
    return Array.from(
      { length: Number(this.#spec.slotsPerEpoch) },
      (_, at) => (start + BigInt(at)) as Slot,
    ).filter((slot) => !this.#slots.has(slot));
  }

  get complete(): boolean {
    return BigInt(this.#slots.size) === this.#spec.slotsPerEpoch;
  }

  /** Members of all committees that are known, watched or not. */
  get members(): number {
    let members = 0;
    for (const seats of this.#slots.values()) members += seats.members;
    return members;
  }

  /** Who is watched and has no seat: not active in this epoch, once all slots are known. */
  unseated(): number[] {
    return [...this.#watched].filter((validator) => !this.#seated.has(validator));
  }
}

const impossible = (message: string) => chainError('MONITOR_COMMITTEES_IMPOSSIBLE', message);
