import type { ClockGuard } from '../clock-guard.ts';
import { decided, type Decision } from '../history/decision.ts';
import type { MessageJudge } from '../judge-message.ts';
import type { Slot } from '../../core/units.ts';
import type { Refusal } from '../refusals.ts';
import { MAX_STORABLE } from '../rules/check-time.ts';
import { DatabaseAway, type KeyClaim, type SharedStorage } from '../storage/sharing-port.ts';
import type { SharedMemory } from './memory.ts';
import { FLOOR_DUE, formBatch, type Waiting } from './signing-queue.ts';

export interface BatchModules {
  readonly storage: SharedStorage;
  readonly memory: SharedMemory;
  readonly judge: MessageJudge;
  readonly clock: ClockGuard;
  readonly onCommit: (waitedSeconds: number | null, commitSeconds: number) => void;
  /** So many refusals are on no record. */
  readonly onRefusalsDropped: (count: number) => void;
  /** Brings in what others did: a batch was refused for that. */
  readonly look: () => Promise<void>;
  /** A record that nobody waits for has waited for company long enough. */
  readonly onIdle: () => void;
}

/** How long a record that nobody waits for may wait for company. */
const IDLE_MS = 100;
/** Records that nobody waits for, while one commit is waited for: what they take of memory has an end. */
const MOST_IDLE = 10_000;
/** Other signers may be faster at every try; but not for ever. */
const MOST_ROUNDS = 50;

/** Signatures and records that wait for the next commit, and how it is made. */
export class BatchQueue {
  readonly #modules: BatchModules;
  #waiting: Waiting[] = [];
  #idle: Decision[] = [];
  /** Those of a commit that was lost: they wait again, or are on record. */
  #unsettled: Decision[] = [];
  #flushing: PromiseWithResolvers<void>[] = [];
  #urgentSince: number | null = null;
  #ended = false;
  #idleTimer: NodeJS.Timeout | null = null;
  #dropped = 0;

  constructor(modules: BatchModules) {
    this.#modules = modules;
  }

  /** Somebody waits for the next commit. */
  get isUrgent(): boolean {
    return this.#waiting.length + this.#flushing.length > 0;
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#idle.length + this.#flushing.length === 0;
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#urgentSince ??= performance.now();
  }

  /** Whether a signature may leave before its record: without room it has to wait for that, like any other. */
  get hasRoom(): boolean {
    return this.#idle.length < MOST_IDLE;
  }

  /**
   * For records that nobody waits for: they go with the next batch, or alone when none comes. Of a signature only while
   * there is room; refusals are dropped without.
   */
  addIdly(decision: Decision): void {
    if (this.#ended) return;
    if (!this.hasRoom) {
      this.#dropped += 1;
      return;
    }
    this.#idle.push(decision);
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = null;
      this.#modules.onIdle();
    }, IDLE_MS).unref();
  }

  /** Resolves when everything so far is on record, by a commit of its own if there is nothing. */
  flush(): Promise<void> {
    const flushed = Promise.withResolvers<void>();
    this.#flushing.push(flushed);
    return flushed.promise;
  }

  async commit(): Promise<void> {
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
        const decisions = [...idle, ...taken.map((one) => this.#decision(one, null))];
        const slot = this.#slot(claims);
        this.#unsettled = idle;
        const result = await this.#modules.storage.sign({ claims, decisions, slot });
        this.settle(result.kind === 'committed');
        if (result.kind === 'committed') {
          this.#modules.memory.claimed(claims, slot);
          waiting = [];
          for (const { settle } of taken) settle(null);
          for (const { resolve } of flushing) resolve();
          const waited = taken.length === 0 || urgentSince === null ? null : (start - urgentSince) / 1000;
          this.#modules.onCommit(waited, (performance.now() - start) / 1000);
          this.#tellOfDropped();
          return;
        }
        this.#modules.memory.adoptKeys(result.keys);
        if (result.stale) await this.#modules.look();
        if (round === MOST_ROUNDS) throw new DatabaseAway('other signers keep changing the same keys');
      }
    } catch (error) {
      this.#waiting.unshift(...waiting);
      this.#flushing.unshift(...flushing);
      throw error;
    }
  }

  /** It is known by now whether the last commit came through; where its answer was lost, by the database that is back. */
  settle(committed: boolean): void {
    if (!committed) this.#idle.unshift(...this.#unsettled);
    this.#unsettled = [];
  }

  refuseAll(refusal: Refusal, error: Error): void {
    for (const { settle } of this.#waiting.splice(0)) settle(refusal);
    for (const { reject } of this.#flushing.splice(0)) reject(error);
  }

  end(): void {
    this.#ended = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
  }

  /** Once there is room again: how many there were is known then. */
  #tellOfDropped(): void {
    if (this.#dropped > 0) this.#modules.onRefusalsDropped(this.#dropped);
    this.#dropped = 0;
  }

  #refuse(one: Waiting, refusal: Refusal): void {
    // That is nobody's answer yet.
    if (refusal !== FLOOR_DUE) this.addIdly(this.#decision(one, refusal.reason));
    one.settle(refusal);
  }

  #decision({ asked, pubkey, message }: Waiting, refusal: string | null): Decision {
    return decided(asked, pubkey, message, this.#modules.clock.nowMs, refusal);
  }

  /** That was signed in; none while the clock is in doubt, because others hold theirs against it, or if nothing is signed. */
  #slot(claims: readonly KeyClaim[]): Slot {
    const { slot, doubt } = this.#modules.clock;
    return claims.length === 0 || slot > MAX_STORABLE || doubt !== null ? (0n as Slot) : slot;
  }
}
