import type { Slot } from '../../core/units.ts';
import type { AttestationDataFacts } from '../model/block-facts.ts';
import type { IncludedMessage } from '../model/verdicts.ts';

/** The same message in several aggregates and blocks as one object, so that different ones can be told by identity. */
export class Messages {
  readonly #known = new Map<string, AttestationDataFacts>();

  same(data: AttestationDataFacts): AttestationDataFacts {
    const { slot, index, beaconBlockRoot, source, target } = data;
    const key = `${slot} ${index} ${beaconBlockRoot} ${source.epoch} ${source.root} ${target.epoch} ${target.root}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, data);
    return data;
  }
}

/** What was found of the watched votes of one slot, by place among them. Blocks must come in their order. */
export class VoteTally {
  /** Of the first inclusion, and 0 while there is none. */
  readonly distances: Uint32Array;
  /** Of all inclusions. */
  readonly flags: Uint8Array;
  readonly messages: (IncludedMessage[] | undefined)[];
  readonly #slot: Slot;

  constructor(slot: Slot, watched: number) {
    this.#slot = slot;
    this.distances = new Uint32Array(watched);
    this.flags = new Uint8Array(watched);
    this.messages = new Array<IncludedMessage[] | undefined>(watched);
  }

  /** @param list of this one message; all who sent nothing else share it */
  add(place: number, blockSlot: Slot, flags: number, list: IncludedMessage[]): void {
    if (this.distances[place] === 0) this.distances[place] = Number(blockSlot - this.#slot);
    this.flags[place] = (this.flags[place] ?? 0) | flags;
    const [message] = list;
    const sent = this.messages[place];
    if (sent === undefined) this.messages[place] = list;
    else if (message !== undefined && !sent.some(({ data }) => data === message.data))
      this.messages[place] = [...sent, message];
  }
}
