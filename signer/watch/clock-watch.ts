import type { BeaconNode } from '../../beacon/beacon-node.ts';
import type { SlotClock } from '../../core/chain/slot-clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import { SteadyClock } from './steady-clock.ts';

/** Two clocks that are right may be on either side of a slot boundary, and the answer takes a moment. */
const TOLERANCE_SLOTS = 2n;

/** Blocks are missed, but not many in a row. */
const MAX_BEHIND_SLOTS = 8n;

type Answer =
  | { readonly kind: 'agrees' }
  | { readonly kind: 'disagrees'; readonly how: string }
  | { readonly kind: 'silent' };

/**
 * Compares our clock with those of the beacon nodes, once a slot, and with the monotonic clock all the time. A doubt
 * silences slashable signatures, because the future check and the floor are only as good as the clock. A node that does
 * not answer says nothing either way.
 */
export class ClockWatch {
  readonly #nodes: readonly BeaconNode[];
  readonly #clock: SlotClock;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #steady: SteadyClock;
  readonly #slotMs: number;
  #doubt: string | null = null;
  #silentNodes = 0;

  /** @param slotMs the length of a slot: how often it looks, and what it measures steps of the clock by */
  constructor(
    nodes: readonly BeaconNode[],
    clock: SlotClock,
    slotMs: number,
    log: Logger,
    steady: SteadyClock = new SteadyClock(),
  ) {
    this.#steady = steady;
    this.#slotMs = slotMs;
    this.#nodes = nodes;
    this.#clock = clock;
    this.#log = log;
    this.#timer = setInterval(() => void this.check(), slotMs);
    this.#timer.unref();
  }

  /** Why the clock is not to be trusted now, or null. */
  get doubt(): string | null {
    return this.#doubt ?? this.#stepped();
  }

  /** How many of the beacon nodes did not answer at the last look. */
  get silentNodes(): number {
    return this.#silentNodes;
  }

  async check(): Promise<void> {
    const answers = await Promise.all(this.#nodes.map((node) => this.#compare(node)));
    this.#silentNodes = answers.filter((answer) => answer.kind === 'silent').length;
    const disagreement = answers.find((answer) => answer.kind === 'disagrees');
    if (disagreement !== undefined) this.#setDoubt(disagreement.how);
    // Silence is not agreement: a doubt stands until some node says that our clock is right.
    else if (answers.some((answer) => answer.kind === 'agrees')) {
      this.#setDoubt(null);
      this.#steady.confirm();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Judged at every message, not once a slot: a step is dangerous from its first millisecond. */
  #stepped(): string | null {
    const { step } = this.#steady;
    if (Math.abs(step) <= Number(TOLERANCE_SLOTS) * this.#slotMs) return null;
    const way = step > 0 ? 'forward' : 'back';
    return `the clock of this machine stepped ${way} by ${Math.round(Math.abs(step) / 1000)} s, and no beacon node has confirmed it; if it is right now, restart the signer`;
  }

  #setDoubt(doubt: string | null): void {
    if (doubt !== this.#doubt) {
      if (doubt === null) this.#log.info('the clock agrees with the beacon node again');
      else this.#log.error({ code: 'CLOCK_UNTRUSTED' }, doubt);
    }
    this.#doubt = doubt;
  }

  async #compare(node: BeaconNode): Promise<Answer> {
    try {
      const { currentSlot: theirs, syncDistance } = await node.syncing();
      const ours = this.#clock.currentSlot();
      const apart = theirs > ours ? theirs - ours : ours - theirs;
      // The clock of a node without a fresh head is its machine's, which is often ours: it proves nothing.
      if (apart <= TOLERANCE_SLOTS) return { kind: syncDistance <= MAX_BEHIND_SLOTS ? 'agrees' : 'silent' };
      const how = `our clock is at slot ${ours.toString()}, that of ${node.name} at slot ${theirs.toString()}`;
      return { kind: 'disagrees', how };
    } catch (error) {
      this.#log.debug({ node: node.name }, `no clock from the beacon node: ${(error as Error).message}`);
      return { kind: 'silent' };
    }
  }
}
