import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { slashingDbError } from '../errors.ts';
import type { ActKeys, SharedStorage } from '../storage/sharing-port.ts';
import type { StorageRecord } from '../storage/storage-port.ts';
import type { Checkpoint, SharedMemory } from './memory.ts';

interface Modules {
  readonly storage: SharedStorage;
  readonly memory: SharedMemory;
}

interface QueuedAct {
  readonly keys: ActKeys;
  /** Starts it; its records come through {@link ActQueue.append} before it returns. */
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/** Acts that wait for their turn, and what has to be known of those whose commit was lost. */
export class ActQueue {
  readonly #modules: Modules;
  #acts: QueuedAct[] = [];
  /** Records of the acts that run at this moment. */
  #collected: { readonly records: StorageRecord[]; readonly committed: Promise<void> } | null = null;
  /** Keys whose floors were in a commit that was lost. */
  #unsettled: readonly Pubkey[] = [];

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  get length(): number {
    return this.#acts.length;
  }

  /** Resolves with what `run` does, once its turn has come. */
  add<T>(keys: ActKeys, run: () => Promise<T>): Promise<T> {
    const done = Promise.withResolvers<T>();
    this.#acts.push({ keys, start: () => void run().then(done.resolve, done.reject), fail: done.reject });
    return done.promise;
  }

  /** From within an act: resolves when it is on record. */
  append(records: readonly StorageRecord[]): Promise<void> {
    if (this.#collected === null) throw new Error('records of acts come from within an act');
    this.#collected.records.push(...records);
    return this.#collected.committed;
  }

  /** Runs all that wait, in one transaction, while their keys are locked for everybody else. */
  async perform(): Promise<void> {
    const { storage, memory } = this.#modules;
    const acts = this.#acts.splice(0);
    const committed = Promise.withResolvers<void>();
    committed.promise.catch(() => undefined);
    const start: { before: Checkpoint | null } = { before: null };
    try {
      await storage.act(together(acts), (present) => {
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
      const told = unreachable(error as Error);
      committed.reject(told);
      // What may not be on record is not believed, and is nothing that a database that comes back must know.
      if (start.before !== null) this.#unsettled = memory.goBack(start.before);
      else for (const act of acts) act.fail(told);
      throw error;
    }
  }

  /** It is known by now whether the lost commit came through. */
  settle(committed: boolean): void {
    if (committed) this.#modules.memory.floorsPaid(this.#unsettled);
    this.#unsettled = [];
  }

  failAll(error: Error): void {
    for (const { fail } of this.#acts.splice(0)) fail(error);
  }
}

/** What all of them need. */
function together(acts: readonly QueuedAct[]): ActKeys {
  const named = acts.flatMap(({ keys }) => (typeof keys === 'string' ? [] : keys));
  if (acts.every(({ keys }) => typeof keys !== 'string')) return named;
  return named.length > 0 || acts.some(({ keys }) => keys === 'all and read') ? 'all and read' : 'all';
}

/** What is told of a database that is away. Whether an act is on record is not known then; all may be done again. */
export const unreachable = (error: Error): Error =>
  isVigilError(error)
    ? error
    : slashingDbError('DB_UNREACHABLE', `the slashing database is away: ${error.message}`, error);
