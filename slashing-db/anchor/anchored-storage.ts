import type { FoundRecords, RecordsSearch } from '../history/records-search.ts';
import type { Storage, StorageRecord, StoredState } from '../storage/storage-port.ts';
import { AnchorNotes, type AnchorNotesOptions } from './anchor-notes.ts';
import type { StorageMark } from './anchor-record.ts';

/** A storage whose every commit is also noted outside it before anything is released. */
export class AnchoredStorage implements Storage {
  readonly #inner: Storage;
  readonly #notes: AnchorNotes;

  constructor(inner: Storage, options: AnchorNotesOptions) {
    this.#inner = inner;
    this.#notes = new AnchorNotes(options, inner.mark(), inner.load().keys);
  }

  load(): StoredState {
    return this.#inner.load();
  }

  mark(): StorageMark {
    return this.#inner.mark();
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    await this.#inner.commit(records);
    this.#notes.committed(this.#inner.mark(), records);
  }

  search(search: RecordsSearch): Promise<FoundRecords> {
    return this.#inner.search(search);
  }

  async close(): Promise<void> {
    await this.#inner.close();
    this.#notes.close();
  }
}
