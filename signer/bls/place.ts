import { daemonError } from '../daemon-errors.ts';
import type { Signature } from './signing-pool.ts';

/** A place in the queue, taken before anything is decided, so that nothing is recorded that would find no room. */
export interface Place {
  /**
   * Once at most, and not after `leave`.
   * @throws NOT_SIGNED when the key is gone or the place was dropped, SIGNING_THREAD_DIED
   */
  sign(keySlot: number, root: Uint8Array): Promise<Signature>;
  /** Nobody waits for the answer any more: what has not begun is not signed. */
  drop(): void;
  /** Gives the place back, now or as soon as its job has settled. */
  leave(): void;
}

interface Door {
  enter(job: number, lane: number, keySlot: number, root: Uint8Array): Promise<Signature>;
  drop(job: number): void;
  leave(job: number): void;
}

/** A job's number serves the next place only when nothing of this one can come any more. */
export class PlaceInQueue implements Place {
  readonly #job: number;
  readonly #lane: number;
  readonly #door: Door;
  #stage: 'taken' | 'entered' | 'settled' | 'left' = 'taken';
  #leaving = false;
  #dropped = false;

  constructor(job: number, lane: number, door: Door) {
    this.#job = job;
    this.#lane = lane;
    this.#door = door;
  }

  async sign(keySlot: number, root: Uint8Array): Promise<Signature> {
    if (this.#stage !== 'taken') throw new Error('a place in the queue signs once');
    if (this.#dropped) throw daemonError('NOT_SIGNED');
    this.#stage = 'entered';
    try {
      return await this.#door.enter(this.#job, this.#lane, keySlot, root);
    } finally {
      this.#stage = 'settled';
      if (this.#leaving) this.#goNow();
    }
  }

  drop(): void {
    this.#dropped = true;
    if (this.#stage === 'entered') this.#door.drop(this.#job);
  }

  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    if (this.#stage !== 'entered') this.#goNow();
  }

  #goNow(): void {
    this.#stage = 'left';
    this.#door.leave(this.#job);
  }
}
