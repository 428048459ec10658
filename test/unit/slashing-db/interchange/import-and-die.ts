import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import { openTestStorage } from '../../../support/test-storage.ts';
import type { Storage, StorageRecord } from '../../../../slashing-db/storage/storage-port.ts';
import { blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { key, endOfTime, SPEC } from '../../../support/slashing-fixtures.ts';

/** Child process: imports history of 40 keys into the database `argv[2]` and is killed `argv[3]`. */
const [path, when] = process.argv.slice(2);

const die = () => process.kill(process.pid, 'SIGKILL');
const real = openTestStorage(path!);

/** Records that end the process half way through being written, in the middle of the transaction. */
function deadly(records: readonly StorageRecord[]): readonly StorageRecord[] {
  function* killHalfWay() {
    for (const [n, record] of records.entries()) {
      if (n > records.length / 2) die();
      yield record;
    }
  }
  return Object.assign([...records], { [Symbol.iterator]: killHalfWay });
}

const storage: Storage = {
  load: () => real.load(),
  mark: () => real.mark(),
  close: () => real.close(),
  search: (search) => real.search(search),
  commit: async (records) => {
    await real.commit(when === 'in the transaction' ? deadly(records) : records);
    if (when === 'after the commit') die();
  },
};

const guard = new SlashingGuard(storage, { spec: SPEC, clock: endOfTime(), onMissingHistory: 'trust' });
const entries = Array.from({ length: 40 }, (_, n) => keyEntry(key(n + 1), [blockEntry(500 + n)]));
const text = documentOf(...entries);
await guard.importInterchange(streamOf(text, 500), {
  onProgress: (bytes) => {
    if (when === 'while reading' && bytes > text.length / 2) die();
  },
});
