import type { BlockPoint, ChainEvent } from './chain-event.ts';

/** A head, with its parent where it is known (a header tells it, an event does not). */
export interface HeadSeen extends BlockPoint {
  readonly parentRoot?: string;
}

/**
 * Turns heads, however they were learnt, into what the consumer has to know: nothing is told twice, and whatever lies
 * between two heads that do not follow each other is told as a gap. Pure but for what it remembers.
 */
export class HeadTracker {
  #last: BlockPoint | null = null;
  #finalizedEpoch = -1n;

  get last(): BlockPoint | null {
    return this.#last;
  }

  /**
   * @param lastIsCanonical whether the head before is still part of the chain; null when that is not known
   */
  head({ parentRoot, ...head }: HeadSeen, lastIsCanonical: boolean | null = null): ChainEvent[] {
    const last = this.#last;
    if (last?.root === head.root) return [];
    // Another node may be a little behind the one before; that the chain went back wants proof.
    if (last !== null && head.slot < last.slot && lastIsCanonical !== false) return [];
    this.#last = head;
    const events: ChainEvent[] = [];
    const replaced = last !== null && isReplaced(last, head, parentRoot, lastIsCanonical);
    if (replaced) events.push({ kind: 'reorg', depth: null, oldHead: last.root, newHead: head });
    const follows =
      last !== null && (parentRoot === last.root || (!replaced && head.slot === last.slot + 1n));
    if (!follows) events.push({ kind: 'gap', after: last, head });
    events.push({ kind: 'head', head });
    return events;
  }

  /** A reorganisation that the node told: the head that comes with it is no second one. */
  reorg(event: ChainEvent & { kind: 'reorg' }): ChainEvent[] {
    const known = this.#last?.root === event.newHead.root;
    this.#last = event.newHead;
    return known ? [event] : [event, { kind: 'head', head: event.newHead }];
  }

  finalized(event: ChainEvent & { kind: 'finalized' }): ChainEvent[] {
    if (event.epoch <= this.#finalizedEpoch) return [];
    this.#finalizedEpoch = event.epoch;
    return [event];
  }
}

function isReplaced(
  last: BlockPoint,
  head: BlockPoint,
  parentRoot: string | undefined,
  lastIsCanonical: boolean | null,
): boolean {
  if (lastIsCanonical !== null) return !lastIsCanonical;
  if (head.slot <= last.slot) return true;
  return parentRoot !== undefined && head.slot === last.slot + 1n && parentRoot !== last.root;
}
