import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../../core/thread-entry.ts';
import type { StorageMark } from '../../anchor/anchor-record.ts';
import { slashingDbError } from '../../errors.ts';
import type { FoundRecords, RecordsSearch } from '../../history/records-search.ts';
import type { OpenOptions } from '../../open-storage.ts';
import type { Storage, StorageRecord, StoredState } from '../storage-port.ts';
import { packRecords } from './packed-records.ts';
import { received, type Answer, type Request, type ThreadData } from './thread-messages.ts';

/**
 * A storage in a thread of its own, so that a slow disk holds up nothing but the commits. The database is opened,
 * judged and closed there; here is only what it said of itself.
 */
export class ThreadedStorage implements Storage {
  readonly #thread: Worker;
  readonly #onAnchorFailure: (path: string, error: Error) => void;
  #state: StoredState | null = null;
  #mark: StorageMark | null = null;
  #asked: PromiseWithResolvers<undefined> | null = null;
  readonly #searches = new Map<number, PromiseWithResolvers<FoundRecords>>();
  #lastSearch = 0;
  #ended: Error | null = null;

  /**
   * @param entry of the thread; a benchmark has its own
   * @throws whatever opening the storage throws
   */
  static async open(
    { onAnchorFailure = () => undefined, ...data }: OpenOptions,
    entry = threadEntry('./storage-thread', import.meta.url),
  ): Promise<ThreadedStorage> {
    const storage = new ThreadedStorage(data, entry, onAnchorFailure);
    await storage.#opened();
    return storage;
  }

  private constructor(
    workerData: ThreadData,
    entry: URL,
    onAnchorFailure: (path: string, error: Error) => void,
  ) {
    this.#onAnchorFailure = onAnchorFailure;
    this.#thread = new Worker(entry, {
      workerData,
      env: {},
      name: 'slashing-db',
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    this.#thread.on('message', (answer: Answer) => {
      this.#take(answer);
    });
    this.#thread.on('error', (error) => {
      this.#end(error as Error);
    });
    this.#thread.on('exit', () => {
      this.#end(new Error('its thread has ended'));
    });
  }

  load(): StoredState {
    if (this.#state === null) throw new Error('a storage is loaded once');
    const state = this.#state;
    // The guard keeps what it needs of it.
    this.#state = null;
    return state;
  }

  mark(): StorageMark {
    if (this.#mark === null) throw new Error('the storage is open before anybody has it');
    return this.#mark;
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    await this.#ask({ kind: 'commit', records: packRecords(records) });
  }

  search(search: RecordsSearch): Promise<FoundRecords> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const id = (this.#lastSearch += 1);
    const answer = Promise.withResolvers<FoundRecords>();
    this.#searches.set(id, answer);
    this.#thread.postMessage({ kind: 'search', id, search } satisfies Request);
    return answer.promise;
  }

  async close(): Promise<void> {
    if (this.#ended === null) await this.#ask({ kind: 'close' });
    await this.#thread.terminate();
  }

  async #opened(): Promise<void> {
    this.#asked = Promise.withResolvers();
    try {
      await this.#asked.promise;
    } catch (error) {
      await this.#thread.terminate();
      throw error;
    }
  }

  #ask(request: Request): Promise<undefined> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    this.#asked = Promise.withResolvers();
    this.#thread.postMessage(request);
    return this.#asked.promise;
  }

  #take(answer: Answer): void {
    if (answer.kind === 'anchor-failed') {
      this.#onAnchorFailure(answer.path, received(answer.error));
      return;
    }
    if (answer.kind === 'found' || answer.kind === 'search-failed') {
      const search = this.#searches.get(answer.id);
      this.#searches.delete(answer.id);
      if (answer.kind === 'found') search?.resolve(answer.found);
      else search?.reject(received(answer.error));
      return;
    }
    const asked = this.#asked;
    this.#asked = null;
    if (answer.kind === 'failed') {
      asked?.reject(received(answer.error));
      return;
    }
    if (answer.kind === 'opened') this.#state = answer.state;
    this.#mark = answer.mark;
    asked?.resolve(undefined);
  }

  #end(error: Error): void {
    this.#ended ??= slashingDbError(
      'DB_COMMIT_FAILED',
      `the database cannot be used: ${error.message}`,
      error,
    );
    this.#asked?.reject(this.#ended);
    this.#asked = null;
    for (const search of this.#searches.values()) search.reject(this.#ended);
    this.#searches.clear();
  }
}
