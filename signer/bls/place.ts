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

/** What a place may do with the queue. */
export interface Door {
  enter(place: PlaceInQueue, keySlot: number, root: Uint8Array): Promise<Signature>;
  drop(job: number): void;
  leave(job: number): void;
}

/** A job's number serves the next place only when nothing of this one can come any more. */
export class PlaceInQueue implements Place {
  readonly job: number;
  readonly lane: number;
  readonly #door: Door;
  #stage: 'taken' | 'entered' | 'settled' = 'taken';
  #leaving = false;
  #dropped = false;

  constructor(job: number, lane: number, door: Door) {
    this.job = job;
    this.lane = lane;
    this.#door = door;
  }

  sign(keySlot: number, root: Uint8Array): Promise<Signature> {
    if (this.#stage !== 'taken' || this.#leaving) throw new Error('a place in the queue signs once');
    if (this.#dropped) return Promise.reject(daemonError('NOT_SIGNED'));
    this.#stage = 'entered';
    return this.#door.enter(this, keySlot, root);
  }

  /** Told by the queue when the job has come back. */
  settled(): void {
    this.#stage = 'settled';
    if (this.#leaving) this.#door.leave(this.job);
  }

  drop(): void {
    this.#dropped = true;
    if (this.#stage === 'entered') this.#door.drop(this.job);
  }

  leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    if (this.#stage !== 'entered') this.#door.leave(this.job);
  }
}
