import type { Decision } from '../history/decision.ts';
import { refuse, type Refusal } from '../refusals.ts';
import { DatabaseAway, type ActKeys } from '../storage/sharing-port.ts';
import type { StorageRecord } from '../storage/storage-port.ts';
import { ActQueue, unreachable } from './act-queue.ts';
import { BatchQueue, type BatchModules } from './batch-queue.ts';
import { comeBack } from './come-back.ts';
import type { Waiting } from './signing-queue.ts';

interface Modules extends Omit<BatchModules, 'look' | 'onIdle'> {
  /** The database is away (a refusal for all that is asked for meanwhile), again for another reason, or back (null). */
  readonly onAvailable: (refusal: Refusal | null, why: string | null) => void;
  /** This process must not go on. */
  readonly onFailure: (error: Error) => void;
}

/** How often acts elsewhere are looked for at least. */
const LOOK_MS = 500;

/**
 * What a signer does with a shared database, one thing at a time: batches of signatures, acts, a look for what others
 * did, in turns, so that none waits for more than one of each other kind, however much of that comes in. While one
 * commit runs, what comes in gathers for the next.
 *
 * When the connection is lost, all that waits is refused at once, and whether its commit came through is settled when
 * the database is back. Whoever asks again then gets the signature: the same message is no conflict.
 */
export class Turns {
  readonly #modules: Modules;
  readonly #batches: BatchQueue;
  readonly #acts: ActQueue;
  /** Who waits for a look. */
  #looking: PromiseWithResolvers<void>[] = [];
  #running = false;
  #ended = false;
  #away = false;
  #looked = performance.now();
  readonly #lookTimer: NodeJS.Timeout;

  constructor(modules: Modules) {
    this.#modules = modules;
    this.#batches = new BatchQueue({
      ...modules,
      look: () => this.#look(),
      onIdle: () => this.#schedule(),
    });
    this.#acts = new ActQueue(modules);
    this.#lookTimer = setInterval(() => this.#schedule(), LOOK_MS);
    this.#lookTimer.unref();
  }

  sign(waiting: Waiting): void {
    this.#batches.add(waiting);
    this.#schedule();
  }

  /** Whether a signature may leave before its record. */
  get hasRoom(): boolean {
    return this.#batches.hasRoom;
  }

  /** For records that nobody waits for: they go with the next batch, or alone when none comes. */
  recordIdly(decision: Decision): void {
    this.#batches.addIdly(decision);
  }

  /** Runs an act while its keys are locked for everybody else. */
  act<T>(keys: ActKeys, run: () => Promise<T>): Promise<T> {
    const done = this.#acts.add(keys, run);
    this.#schedule();
    return done;
  }

  /** From within an act: resolves when it is on record. */
  append(records: readonly StorageRecord[]): Promise<void> {
    return this.#acts.append(records);
  }

  /** Resolves when all acts that were done elsewhere so far are known here. */
  look(): Promise<void> {
    const looked = Promise.withResolvers<void>();
    this.#looking.push(looked);
    this.#schedule();
    return looked.promise;
  }

  /** Resolves when everything so far is on record, by a commit of its own if there is nothing. Rejects while it is away. */
  flush(): Promise<void> {
    if (this.#away) return Promise.reject(new Error('the slashing database is away'));
    const flushed = this.#batches.flush();
    this.#schedule();
    return flushed;
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#lookTimer);
    this.#batches.end();
  }

  #schedule(): void {
    if (this.#ended) this.#refuseAll(new Error('the slashing database is closed'));
    if (this.#running || this.#away || this.#ended) return;
    this.#running = true;
    // One turn of the event loop: all requests that came in with this one share the first commit too.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      while (!this.#ended && (await this.#round()));
    } catch (error) {
      await this.#failed(error as Error);
    } finally {
      this.#running = false;
    }
    if (this.#isUrgent && !this.#away) this.#schedule();
  }

  /**
   * One of each kind at most; acts first, so that what is asked for after a freeze meets it.
   * @returns whether there is more to do
   */
  async #round(): Promise<boolean> {
    if (this.#acts.length > 0) await this.#acts.perform();
    if (!this.#batches.isEmpty && !this.#ended) await this.#batches.commit();
    if (this.#isLookDue && !this.#ended) await this.#look();
    return this.#isUrgent;
  }

  get #isUrgent(): boolean {
    return this.#acts.length > 0 || this.#looking.length > 0 || this.#batches.isUrgent;
  }

  /** Nobody waits for a look that is only due by time: every batch asserts that there is nothing to be seen by it. */
  get #isLookDue(): boolean {
    if (this.#looking.length > 0) return true;
    return !this.#isUrgent && performance.now() - this.#looked > LOOK_MS / 2;
  }

  async #look(): Promise<void> {
    const looking = this.#looking.splice(0);
    try {
      const found = await this.#modules.storage.refresh();
      this.#looked = performance.now();
      if (found !== null) this.#modules.memory.adopt(found);
    } catch (error) {
      this.#looking.unshift(...looking);
      throw error;
    }
    for (const { resolve } of looking) resolve();
  }

  async #failed(error: Error): Promise<void> {
    if (!(error instanceof DatabaseAway) || this.#ended) {
      this.#end(error);
      return;
    }
    this.#away = true;
    const refusal = refuse('GUARD_UNAVAILABLE', 'the slashing database is away');
    // Where the database is, is for the log, not for clients.
    const tell = (why: string): void => this.#modules.onAvailable(refusal, `${refusal.detail}: ${why}`);
    tell(error.message);
    this.#refuseAll(unreachable(error), refusal);
    try {
      const found = await comeBack(this.#modules, () => this.#ended, tell);
      if (found === null) return;
      this.#acts.settle(found.committed);
      this.#batches.settle(found.committed);
      this.#looked = performance.now();
      this.#away = false;
      this.#modules.onAvailable(null, null);
    } catch (fatal) {
      this.#end(fatal as Error);
    }
  }

  #end(error: Error): void {
    this.end();
    this.#modules.onFailure(error);
    this.#refuseAll(error);
  }

  #refuseAll(error: Error, refusal = refuse('GUARD_UNAVAILABLE')): void {
    this.#batches.refuseAll(refusal, error);
    this.#acts.failAll(error);
    for (const { reject } of this.#looking.splice(0)) reject(error);
  }
}
