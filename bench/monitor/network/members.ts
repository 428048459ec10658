/** Least and most members of a committee are of no interest here; how many committees a slot has follows from these. */
const TARGET_COMMITTEE_SIZE = 128;
const MAX_COMMITTEES_PER_SLOT = 64;

export const mixed = (one: number, other: number): number => {
  let hash = Math.imul(one ^ Math.imul(other, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

export type Luck = 'perfect' | 'late' | 'missed';

/** What becomes of a vote: two in a hundred come a slot late, four in a thousand never. A function, so nothing is kept. */
export function luckOf(validator: number, epoch: number): Luck {
  const draw = mixed(validator, epoch) & 1023;
  if (draw < 4) return 'missed';
  return draw < 24 ? 'late' : 'perfect';
}

/**
 * Who sits where. The shuffling of the specs takes seconds for a million, so there is one permutation, computed once
 * and turned further with every epoch: everybody has one seat an epoch, in another place each time.
 */
export class Members {
  readonly count: number;
  readonly committeesPerSlot: number;
  readonly #slotsPerEpoch: number;
  /** Twice the same, so that every stretch is one piece. */
  readonly #order: Uint32Array;

  constructor(count: number, slotsPerEpoch: number) {
    this.count = count;
    this.#slotsPerEpoch = slotsPerEpoch;
    const wanted = Math.floor(count / slotsPerEpoch / TARGET_COMMITTEE_SIZE);
    this.committeesPerSlot = Math.max(1, Math.min(MAX_COMMITTEES_PER_SLOT, wanted));
    const order = Uint32Array.from({ length: count }, (_, at) => at);
    for (let at = count - 1; at > 0; at -= 1) {
      const other = mixed(at, 1) % (at + 1);
      const moved = order[at] ?? 0;
      order[at] = order[other] ?? 0;
      order[other] = moved;
    }
    this.#order = new Uint32Array(2 * count);
    this.#order.set(order);
    this.#order.set(order, count);
  }

  committee(slot: number, index: number): Uint32Array {
    const epoch = Math.floor(slot / this.#slotsPerEpoch);
    const place = (slot % this.#slotsPerEpoch) * this.committeesPerSlot + index;
    const all = this.#slotsPerEpoch * this.committeesPerSlot;
    const turn = mixed(epoch, 2) % this.count;
    const from = Math.floor((this.count * place) / all);
    const to = Math.floor((this.count * (place + 1)) / all);
    return this.#order.subarray(turn + from, turn + to);
  }

  /** All committees of a slot, one after the other. */
  ofSlot(slot: number): Uint32Array {
    const first = this.committee(slot, 0);
    const last = this.committee(slot, this.committeesPerSlot - 1);
    const start = (first.byteOffset - this.#order.byteOffset) / 4;
    const end = (last.byteOffset - this.#order.byteOffset) / 4 + last.length;
    return this.#order.subarray(start, end);
  }

  proposer(slot: number): number {
    return mixed(slot, 3) % this.count;
  }

  /** Evenly over everybody: the same share of the watched as of the others. */
  spread(count: number): number[] {
    return Array.from({ length: count }, (_, at) => Math.floor((at * this.count) / count));
  }
}
