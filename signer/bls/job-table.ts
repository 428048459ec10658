/**
 * The signing jobs in memory that all threads share. The main thread enters jobs, workers take and finish them; no
 * message is passed for a job, so that the way to a worker costs next to nothing beside a signature, and a worker that
 * becomes free always takes the most urgent job there is at that moment.
 *
 * All integers are int32. Each lane is a ring with one producer (the main thread) and many consumers; each worker has
 * a ring of its own for what it finished. Counters only rise and wrap at 2^32; a ring's size is a power of two.
 */
export const LANES = ['proposal', 'attestation', 'other'] as const;
/** The most urgent first. A missed block costs its proposer more than a late vote, and a late vote more than the rest. */
export type Lane = (typeof LANES)[number];

/** Jobs at once, waiting or under way. At 2,000 signatures a second and core it is a few seconds of work. */
export const CAPACITY = 8192;
const MASK = CAPACITY - 1;
const ROOT_BYTES = 32;
const SIGNATURE_BYTES = 96;

/** How a job stands. Only its taker moves it on from `TAKEN`. */
export const WAITING = 0;
export const TAKEN = 1;
export const SIGNED = 2;
export const FAILED = 3;
export const DROPPED = 4;

/** The buffers, as they are handed to a worker. */
export interface SharedJobs {
  readonly workers: number;
  /** Counters, then rings, then state and key of each job. */
  readonly numbers: SharedArrayBuffer;
  readonly roots: SharedArrayBuffer;
  readonly signatures: SharedArrayBuffer;
}

/** Where things are in `numbers`. */
const NEWS = 0;
const FINISHED_NEWS = 1;
const STOP = 2;
const laneHead = (lane: number): number => 3 + 2 * lane;
const laneTail = (lane: number): number => 4 + 2 * lane;
const finishedTail = (worker: number): number => 3 + 2 * LANES.length + worker;
const rings = (workers: number): number => finishedTail(workers);
const laneRing = (workers: number, lane: number): number => rings(workers) + lane * CAPACITY;
const finishedRing = (workers: number, worker: number): number =>
  rings(workers) + (LANES.length + worker) * CAPACITY;
const states = (workers: number): number => finishedRing(workers, workers);
const keySlots = (workers: number): number => states(workers) + CAPACITY;

export class JobTable {
  readonly shared: SharedJobs;
  readonly #numbers: Int32Array;
  readonly #roots: Uint8Array;
  readonly #signatures: Uint8Array;
  readonly #workers: number;

  constructor(shared: SharedJobs) {
    this.shared = shared;
    this.#workers = shared.workers;
    this.#numbers = new Int32Array(shared.numbers);
    this.#roots = new Uint8Array(shared.roots);
    this.#signatures = new Uint8Array(shared.signatures);
  }

  static allocate(workers: number): JobTable {
    return new JobTable({
      workers,
      numbers: new SharedArrayBuffer(4 * (keySlots(workers) + CAPACITY)),
      roots: new SharedArrayBuffer(ROOT_BYTES * CAPACITY),
      signatures: new SharedArrayBuffer(SIGNATURE_BYTES * CAPACITY),
    });
  }

  /** Main thread: enters a job that is not in the table now. A thread that sleeps goes on sleeping until `wake`. */
  enter(job: number, lane: number, keySlot: number, root: Uint8Array): void {
    const numbers = this.#numbers;
    numbers[keySlots(this.#workers) + job] = keySlot;
    this.#roots.set(root, job * ROOT_BYTES);
    Atomics.store(numbers, states(this.#workers) + job, WAITING);
    const tail = Atomics.load(numbers, laneTail(lane));
    Atomics.store(numbers, laneRing(this.#workers, lane) + (tail & MASK), job);
    Atomics.store(numbers, laneTail(lane), (tail + 1) | 0);
    Atomics.add(numbers, NEWS, 1);
  }

  /** Main thread: to be called after `enter`. @param jobs entered since the last call */
  wake(jobs: number): void {
    Atomics.notify(this.#numbers, NEWS, jobs);
  }

  /** Main thread: nobody wants the job any more. It still comes back as finished, signed if it was under way. */
  drop(job: number): void {
    Atomics.compareExchange(this.#numbers, states(this.#workers) + job, WAITING, DROPPED);
  }

  /** Worker: the most urgent waiting job, or -1 if there is none. */
  take(): number {
    const numbers = this.#numbers;
    for (let lane = 0; lane < LANES.length; lane += 1) {
      for (;;) {
        const head = Atomics.load(numbers, laneHead(lane));
        if (head === Atomics.load(numbers, laneTail(lane))) break;
        // Read before the head moves: from then on the producer may write there again.
        const job = Atomics.load(numbers, laneRing(this.#workers, lane) + (head & MASK));
        if (Atomics.compareExchange(numbers, laneHead(lane), head, (head + 1) | 0) === head) return job;
      }
    }
    return -1;
  }

  /** Worker: is it still wanted? Then it is this worker's. */
  claim(job: number): boolean {
    return Atomics.compareExchange(this.#numbers, states(this.#workers) + job, WAITING, TAKEN) === WAITING;
  }

  /** Worker: gives a job back. @param signature null for one that failed or was dropped */
  finish(worker: number, job: number, signature: Uint8Array | null): void {
    const numbers = this.#numbers;
    const state = states(this.#workers) + job;
    if (signature !== null) this.#signatures.set(signature, job * SIGNATURE_BYTES);
    if (Atomics.load(numbers, state) !== DROPPED) {
      Atomics.store(numbers, state, signature === null ? FAILED : SIGNED);
    }
    const tail = Atomics.load(numbers, finishedTail(worker));
    Atomics.store(numbers, finishedRing(this.#workers, worker) + (tail & MASK), job);
    Atomics.store(numbers, finishedTail(worker), (tail + 1) | 0);
    Atomics.add(numbers, FINISHED_NEWS, 1);
    Atomics.notify(numbers, FINISHED_NEWS, 1);
  }

  /** Worker: what `take` looks at may have changed after this; `sleep` with it misses nothing. */
  news(): number {
    return Atomics.load(this.#numbers, NEWS);
  }

  /** Worker: until there is a new job. */
  sleep(seen: number): void {
    Atomics.wait(this.#numbers, NEWS, seen);
  }

  keySlotOf(job: number): number {
    return this.#numbers[keySlots(this.#workers) + job] ?? -1;
  }

  /** A view of the shared memory: 32 bytes. */
  rootOf(job: number): Uint8Array {
    return this.#roots.subarray(job * ROOT_BYTES, (job + 1) * ROOT_BYTES);
  }

  /** A copy: 96 bytes. In Node's common memory: an ArrayBuffer of its own would cost more than the bytes in it. */
  signatureOf(job: number): Uint8Array {
    return Buffer.from(this.#signatures.subarray(job * SIGNATURE_BYTES, (job + 1) * SIGNATURE_BYTES));
  }

  stateOf(job: number): number {
    return Atomics.load(this.#numbers, states(this.#workers) + job);
  }

  /** Main thread: how much each worker has finished, ever (wrapping). */
  finishedCount(worker: number): number {
    return Atomics.load(this.#numbers, finishedTail(worker));
  }

  finishedJob(worker: number, position: number): number {
    return Atomics.load(this.#numbers, finishedRing(this.#workers, worker) + (position & MASK));
  }

  finishedNews(): number {
    return Atomics.load(this.#numbers, FINISHED_NEWS);
  }

  /** Main thread: resolves when something was finished after `seen`; null when it was already. */
  untilFinished(seen: number): Promise<unknown> | null {
    const wait = Atomics.waitAsync(this.#numbers, FINISHED_NEWS, seen);
    return wait.async ? wait.value : null;
  }

  stop(): void {
    Atomics.store(this.#numbers, STOP, 1);
    Atomics.add(this.#numbers, NEWS, 1);
    Atomics.notify(this.#numbers, NEWS);
  }

  get stopped(): boolean {
    return Atomics.load(this.#numbers, STOP) === 1;
  }
}
