import { parentPort, workerData } from 'node:worker_threads';
import { openStorage } from '../../slashing-db/open-storage.ts';
import type { Storage, StorageRecord } from '../../slashing-db/storage/storage-port.ts';
import { serveStorage } from '../../slashing-db/storage/thread/serve-storage.ts';
import type { ThreadData } from '../../slashing-db/storage/thread/thread-messages.ts';
import { SlowStorage } from '../support/slow-storage.ts';

/** What a signer does that has one transaction for each check: the same slow disk, asked once for every decision. */
class OneByOne implements Storage {
  readonly #inner: Storage;

  constructor(inner: Storage) {
    this.#inner = inner;
  }

  load() {
    return this.#inner.load();
  }

  mark() {
    return this.#inner.mark();
  }

  async commit(records: readonly StorageRecord[]): Promise<void> {
    let group: StorageRecord[] = [];
    for (const record of records) {
      group.push(record);
      if (record.kind !== 'decision') continue;
      await this.#inner.commit(group);
      group = [];
    }
    if (group.length > 0) await this.#inner.commit(group);
  }

  search(search: Parameters<Storage['search']>[0]) {
    return this.#inner.search(search);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

if (parentPort !== null) {
  serveStorage(
    parentPort,
    (onAnchorFailure) =>
      new OneByOne(new SlowStorage(openStorage({ ...(workerData as ThreadData), onAnchorFailure }), 10)),
  );
}
