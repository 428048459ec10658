import { isVigilError } from '../../core/errors.ts';
import type { Pubkey, Slot } from '../../core/units.ts';
import { slashingDbError } from '../errors.ts';
import { decided, type Decision } from '../history/decision.ts';
import type { MessageJudge } from '../judge-message.ts';
import type { ClockGuard } from '../clock-guard.ts';
import { refuse, type Refusal } from '../refusals.ts';
import { MAX_STORABLE } from '../rules/check-time.ts';
import { DatabaseAway, type SharedStorage } from '../storage/shared-port.ts';
import type { StorageRecord } from '../storage/storage-port.ts';
import type { Checkpoint, SharedMemory } from './memory.ts';
import { retryUntil } from './retry-until.ts';
import { formBatch, type Waiting } from './signing-queue.ts';

interface Modules {
  readonly storage: SharedStorage;
  readonly memory: SharedMemory;
  readonly judge: MessageJudge;
  readonly clock: ClockGuard;
  readonly onCommit: (waitedSeconds: number | null, commitSeconds: number) => void;
  /** The database is away (a refusal for all that is asked for meanwhile), or back (null). */
  readonly onAvailable: (refusal: Refusal | null, why: string | null) => void;
  /** This process must not go on. */
  readonly onFailure: (error: Error) => void;
}

interface QueuedAct {
  readonly pubkeys: readonly Pubkey[] | 'all';
  /** Starts it; its records come through {@link Turns.append} before it returns. */
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/** How long a record that nobody waits for may wait for company, and how often acts elsewhere are looked for at least. */
const IDLE_MS = 100;
const LOOK_MS = 500;
/** Records that nobody waits for are dropped beyond this number, while the database is away. */
const MOST_IDLE = 10_000;
/** Other signers may be faster at every try; but not for ever. */
const MOST_ROUNDS = 50;

/**
 * What a signer does with a shared database, one thing at a time: batches of signatures, acts, a look for what others
 * did. While one commit runs, what comes in gathers for the next.
 *
 * When the connection is lost, all that waits is refused at once, and whether its commit came through is settled when
 * the database is back. Whoever asks again then gets the signature: the same message is no conflict.
 */
export class Turns {
  readonly #modules: Modules;
  #waiting: Waiting[] = [];
  #acts: QueuedAct[] = [];
  #idle: Decision[] = [];
  #flushing: PromiseWithResolvers<void>[] = [];
  /** Records of the acts that run at this moment. */
  #collected: { readonly records: StorageRecord[]; readonly committed: Promise<void> } | null = null;
  /** Keys whose floors were in a commit that was lost. */
  #unsettled: readonly Pubkey[] = [];
  #urgentSince: number | null = null;
  #running = false;
  #ended = false;
  #away = false;
  #looked = performance.now();
  #idleTimer: NodeJS.Timeout | null = null;
  readonly #lookTimer: NodeJS.Timeout;

  constructor(modules: Modules) {
    this.#modules = modules;
    this.#lookTimer = setInterval(() => this.#schedule(), LOOK_MS);
    this.#lookTimer.unref();
  }

  sign(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#urgentSince ??= performance.now();
    this.#schedule();
  }

  /** For records that nobody waits for: they go with the next batch, or alone when none comes. */
  recordIdly(decision: Decision): void {
    if (this.#ended || this.#idle.length >= MOST_IDLE) return;
    this.#idle.push(decision);
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = null;
      this.#schedule();
    }, IDLE_MS).unref();
  }

  /** Runs an act while its keys are locked for everybody else. */
  act<T>(pubkeys: readonly Pubkey[] | 'all', run: () => Promise<T>): Promise<T> {
    const done = Promise.withResolvers<T>();
    this.#acts.push({ pubkeys, start: () => void run().then(done.resolve, done.reject), fail: done.reject });
    this.#schedule();
    return done.promise;
  }

  /** From within an act: resolves when it is on record. */
  append(records: readonly StorageRecord[]): Promise<void> {
    if (this.#collected === null) throw new Error('records of acts come from within an act');
    this.#collected.records.push(...records);
    return this.#collected.committed;
  }

  /** Resolves when everything so far is on record, by a commit of its own if there is nothing. */
  flush(): Promise<void> {
    const flushed = Promise.withResolvers<void>();
    this.#flushing.push(flushed);
    this.#schedule();
    return flushed.promise;
  }

  end(): void {
    this.#ended = true;
    clearInterval(this.#lookTimer);
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
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
      while (!this.#ended && (await this.#turn()));
    } catch (error) {
      await this.#failed(error as Error);
    } finally {
      this.#running = false;
    }
    const more = this.#acts.length + this.#waiting.length + this.#flushing.length > 0;
    if (more && !this.#away) this.#schedule();
  }

  /** @returns whether there may be more to do */
  async #turn(): Promise<boolean> {
    if (this.#acts.length > 0) {
      await this.#performActs(this.#acts.splice(0));
      return true;
    }
    if (this.#waiting.length + this.#idle.length + this.#flushing.length > 0) {
      await this.#commit();
      return this.#waiting.length + this.#acts.length + this.#flushing.length > 0;
    }
    if (performance.now() - this.#looked > LOOK_MS / 2) await this.#look();
    return false;
  }

  async #performActs(acts: readonly QueuedAct[]): Promise<void> {
    const { storage, memory } = this.#modules;
    const pubkeys = acts.some((act) => act.pubkeys === 'all')
      ? 'all'
      : acts.flatMap((act) => act.pubkeys as readonly Pubkey[]);
    const committed = Promise.withResolvers<void>();
    committed.promise.catch(() => undefined);
    const start: { before: Checkpoint | null } = { before: null };
    try {
      await storage.act(pubkeys, (present) => {
        memory.adopt(present);
        start.before = memory.checkpoint();
        const records: StorageRecord[] = [];
        this.#collected = { records, committed: committed.promise };
        try {
          for (const act of acts) act.start();
          return memory.writes(records);
        } finally {
          this.#collected = null;
        }
      });
      committed.resolve();
    } catch (error) {
      const told = actFailed(error as Error);
      committed.reject(told);
      // What may not be on record is not believed, and is nothing that a database that comes back must know.
      if (start.before !== null) this.#unsettled = memory.goBack(start.before);
      else for (const act of acts) act.fail(told);
      throw error;
    }
  }

  async #commit(): Promise<void> {
    const flushing = this.#flushing.splice(0);
    const urgentSince = this.#urgentSince;
    this.#urgentSince = null;
    let waiting = this.#waiting.splice(0);
    try {
      for (let round = 1; ; round += 1) {
        const { claims, taken, refused, left } = formBatch(waiting, (pubkey, message) =>
          this.#modules.judge.judge(pubkey, message),
        );
        for (const [one, refusal] of refused) this.#refuse(one, refusal);
        this.#waiting.unshift(...left);
        waiting = [...taken];
        const idle = this.#idle.splice(0);
        if (taken.length + idle.length + flushing.length === 0) return;
        const start = performance.now();
        try {
          const decisions = [...idle, ...taken.map((one) => this.#decision(one, null))];
          const result = await this.#modules.storage.sign({ claims, decisions, slot: this.#slot() });
          if (result.kind === 'committed') {
            this.#modules.memory.claimed(claims);
            waiting = [];
            for (const { settle } of taken) settle(null);
            for (const { resolve } of flushing) resolve();
            const waited = taken.length === 0 || urgentSince === null ? null : (start - urgentSince) / 1000;
            this.#modules.onCommit(waited, (performance.now() - start) / 1000);
            return;
          }
          this.#idle.unshift(...idle);
          this.#modules.memory.adoptKeys(result.keys);
          if (result.stale) await this.#look();
          if (round === MOST_ROUNDS) throw new DatabaseAway('other signers keep changing the same keys');
        } catch (error) {
          if (this.#idle.length === 0) this.#idle = idle;
          throw error;
        }
      }
    } catch (error) {
      this.#waiting.unshift(...waiting);
      this.#flushing.unshift(...flushing);
      throw error;
    }
  }

  async #look(): Promise<void> {
    const found = await this.#modules.storage.refresh();
    this.#looked = performance.now();
    if (found !== null) this.#modules.memory.adopt(found);
  }

  #refuse(one: Waiting, refusal: Refusal): void {
    this.recordIdly(this.#decision(one, refusal.reason));
    one.settle(refusal);
  }

  #decision({ asked, pubkey, message }: Waiting, refusal: string | null): Decision {
    return decided(asked, pubkey, message, this.#modules.clock.nowMs, refusal);
  }

  #slot(): Slot {
    const { slot } = this.#modules.clock;
    return slot > MAX_STORABLE ? (0n as Slot) : slot;
  }

  async #failed(error: Error): Promise<void> {
    if (!(error instanceof DatabaseAway) || this.#ended) {
      this.#end(error);
      return;
    }
    this.#away = true;
    const refusal = refuse('GUARD_UNAVAILABLE', 'the slashing database is away');
    // Where the database is, is for the log, not for clients.
    this.#modules.onAvailable(refusal, `${refusal.detail}: ${error.message}`);
    this.#refuseAll(actFailed(error), refusal);
    try {
      const { storage, memory } = this.#modules;
      const found = await retryUntil(
        () => storage.reconnect(),
        (cause) => cause instanceof DatabaseAway || isVigilError(cause, 'DB_URL_INVALID'),
        () => this.#ended,
      );
      if (found === null) return;
      const { state, committed } = found;
      await this.#assertNotBehind(() => memory.assertNotBehind(state));
      memory.adopt(state);
      if (committed) memory.floorsPaid(this.#unsettled);
      this.#unsettled = [];
      this.#looked = performance.now();
      this.#away = false;
      this.#modules.onAvailable(null, null);
    } catch (fatal) {
      this.#end(fatal as Error);
    }
  }

  async #assertNotBehind(check: () => void): Promise<void> {
    try {
      check();
    } catch (error) {
      await this.#modules.storage.freezeAll((error as Error).message);
      throw error;
    }
  }

  #end(error: Error): void {
    this.end();
    this.#modules.onFailure(error);
    this.#refuseAll(error);
  }

  #refuseAll(error: Error, refusal = refuse('GUARD_UNAVAILABLE')): void {
    for (const { settle } of this.#waiting.splice(0)) settle(refusal);
    for (const { fail } of this.#acts.splice(0)) fail(error);
    for (const { reject } of this.#flushing.splice(0)) reject(error);
  }
}

/** Whether an act is on record is not known then; all acts may be done again. */
const actFailed = (error: Error): Error =>
  isVigilError(error)
    ? error
    : slashingDbError('DB_UNREACHABLE', `the slashing database is away: ${error.message}`, error);
