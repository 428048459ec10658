import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../core/thread-entry.ts';
import { daemonError } from '../daemon-errors.ts';
import { CAPACITY, JobTable, LANES, SIGNED, type Lane } from './job-table.ts';
import { LANE_SHARE } from './lanes.ts';
import { PlaceInQueue, type Door, type Place } from './place.ts';
import { SecretKeyTable } from './secret-key-table.ts';
import type { SignLoopData } from './sign-loop.ts';

/** 96-byte compressed BLS signature. */
export type Signature = Uint8Array;

export interface SigningPoolOptions {
  /** Threads that sign. Default: as many as there are cores. */
  readonly threads?: number;
  /** Entry of a signing thread; a benchmark has its own. */
  readonly entry?: URL;
  /** Told of each signature: seconds from its entry into the queue. */
  readonly onSigned?: (seconds: number) => void;
}

/** Signatures for each thread that take some milliseconds, longer than a commit on a fast disk. */
const BACKLOG = 6;

/** How often signatures are fetched while there is a backlog: less than it lasts, so that no thread runs dry. */
const COLLECT_MS = 1;

const URGENT = LANES.indexOf('proposal');

interface Waiting {
  readonly place: PlaceInQueue;
  readonly resolve: (signature: Signature) => void;
  readonly reject: (error: Error) => void;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
}

/** BLS signatures on all cores. Holds the secret keys; there is no way to read one back. */
export class SigningPool {
  readonly secretKeys = new SecretKeyTable();
  readonly #jobs: JobTable;
  readonly #threads: number;
  readonly #options: SigningPoolOptions;
  readonly #failing = Promise.withResolvers<Error>();
  #workers: readonly Worker[] = [];
  readonly #free = Array.from({ length: CAPACITY }, (_, index) => CAPACITY - 1 - index);
  readonly #waiting = new Array<Waiting | undefined>(CAPACITY).fill(undefined);
  readonly #collected: number[];
  #inUse = 0;
  #entered = 0;
  /** Of those, what a block hangs on. */
  #urgent = 0;
  /** In this turn of the event loop. */
  #enteredNow = 0;
  #closed = false;
  #failure: Error | null = null;

  constructor(options: SigningPoolOptions = {}) {
    this.#options = options;
    this.#threads = options.threads ?? availableParallelism();
    this.#jobs = JobTable.allocate(this.#threads);
    this.#collected = new Array<number>(this.#threads).fill(0);
  }

  /** Until then keys can be brought in and taken out, and the queue is full. */
  start(): void {
    const { entry = threadEntry('./sign-thread', import.meta.url) } = this.#options;
    this.#workers = Array.from({ length: this.#threads }, (_, worker) => {
      const workerData: SignLoopData = {
        jobs: this.#jobs.shared,
        secretKeys: this.secretKeys.memory,
        worker,
      };
      const thread = new Worker(entry, {
        workerData,
        env: {},
        name: `sign-${worker}`,
        // It makes next to no garbage; by default each thread would set megabytes aside for it.
        resourceLimits: { maxYoungGenerationSizeMb: 2 },
      });
      thread.on('error', (error) => {
        this.#fail(error as Error);
      });
      thread.on('exit', () => {
        this.#fail(new Error('a signing thread has ended'));
      });
      return thread;
    });
    void this.#collectForEver();
  }

  /** Resolves when a thread died: what it had taken is lost, and the process must exit. Never rejects. */
  get failed(): Promise<Error> {
    return this.#failing.promise;
  }

  /** Jobs waiting or under way. */
  get queued(): number {
    return this.#inUse;
  }

  /** Whether what is entered already keeps all threads busy for longer than a commit takes. */
  get backlogged(): boolean {
    return this.#entered > BACKLOG * this.#threads;
  }

  get healthy(): boolean {
    return this.#failure === null && this.#workers.length > 0;
  }

  /** Null when the queue is full for this lane. */
  takePlace(lane: Lane): Place | null {
    if (!this.healthy || this.#closed || this.#inUse >= LANE_SHARE[lane]) return null;
    const job = this.#free.pop();
    if (job === undefined) return null;
    this.#inUse += 1;
    return new PlaceInQueue(job, LANES.indexOf(lane), this.#door);
  }

  /** Whoever still waits is told that nothing was signed. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#jobs.stop();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
    this.secretKeys.clear();
    this.#rejectAll(daemonError('NOT_SIGNED'));
  }

  readonly #door: Door = {
    enter: (place, keySlot, root) => {
      if (this.#failure !== null || this.#closed) {
        place.settled();
        return Promise.reject(this.#failure ?? daemonError('NOT_SIGNED'));
      }
      this.#entered += 1;
      if (place.lane === URGENT) this.#urgent += 1;
      return new Promise((resolve, reject) => {
        this.#waiting[place.job] = { place, resolve, reject, since: performance.now() };
        this.#jobs.enter(place.job, place.lane, keySlot, root);
        this.#wakeThreads();
      });
    },
    drop: (job) => {
      this.#jobs.drop(job);
    },
    leave: (job) => {
      this.#inUse -= 1;
      this.#free.push(job);
    },
  };

  /**
   * What one commit let go enters in one turn of the event loop. The first jobs of it wake a thread each, which then
   * find the others by themselves; a thread that fell asleep in between is woken once, when the turn is over.
   */
  #wakeThreads(): void {
    this.#enteredNow += 1;
    if (this.#enteredNow <= this.#threads) this.#jobs.wake(1);
    if (this.#enteredNow > 1) return;
    process.nextTick(() => {
      const more = this.#enteredNow - this.#threads;
      this.#enteredNow = 0;
      if (more > 0) this.#jobs.wake(more);
    });
  }

  async #collectForEver(): Promise<void> {
    while (!this.#closed && this.#failure === null) {
      const seen = this.#jobs.finishedNews();
      this.#collect();
      // To be told of each signature means to be woken for each, when the threads could use the core.
      if (this.backlogged && this.#urgent === 0) await delay(COLLECT_MS);
      else await this.#jobs.untilFinished(seen);
    }
  }

  #collect(): void {
    for (let worker = 0; worker < this.#collected.length; worker += 1) {
      const until = this.#jobs.finishedCount(worker);
      let position = this.#collected[worker] ?? 0;
      for (; position !== until; position = (position + 1) | 0) {
        this.#settle(this.#jobs.finishedJob(worker, position));
      }
      this.#collected[worker] = position;
    }
  }

  #settle(job: number): void {
    const waiting = this.#waiting[job];
    this.#waiting[job] = undefined;
    if (waiting === undefined) return;
    this.#entered -= 1;
    if (waiting.place.lane === URGENT) this.#urgent -= 1;
    const signed = this.#jobs.stateOf(job) === SIGNED;
    const signature = signed ? this.#jobs.signatureOf(job) : null;
    // From here on the job's number may be another's.
    waiting.place.settled();
    if (signature === null) {
      waiting.reject(daemonError('NOT_SIGNED'));
      return;
    }
    this.#options.onSigned?.((performance.now() - waiting.since) / 1000);
    waiting.resolve(signature);
  }

  #fail(error: Error): void {
    if (this.#closed || this.#failure !== null) return;
    this.#failure = daemonError('SIGNING_THREAD_DIED', error.message, error);
    this.#failing.resolve(this.#failure);
    this.#rejectAll(this.#failure);
  }

  #rejectAll(error: Error): void {
    for (const waiting of this.#waiting) waiting?.reject(error);
    this.#waiting.fill(undefined);
  }
}
