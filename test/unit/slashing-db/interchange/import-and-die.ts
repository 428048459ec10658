import { openAnyGuard } from '../../../../slashing-db/index.ts';
import { SlashingGuard } from '../../../../slashing-db/slashing-guard.ts';
import type { Storage, StorageRecord } from '../../../../slashing-db/storage/storage-port.ts';
import { blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { key, endOfTime, SPEC } from '../../../support/slashing-fixtures.ts';
import { TcpProxy } from '../../../support/tcp-proxy.ts';
import { openTestStorage } from '../../../support/test-storage.ts';

/**
 * Child process: imports history of 40 keys into the database `argv[2]`, or the one of the server `argv[4]`, and is killed
 * `argv[3]`.
 */
const [path = '', when = '', url] = process.argv.slice(2);
const OPTIONS = { spec: SPEC, clock: endOfTime(), onMissingHistory: 'trust' } as const;

const die = () => process.kill(process.pid, 'SIGKILL');

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

function guardOverFile() {
  const real = openTestStorage(path);
  const storage: Storage = {
    load: () => real.load(),
    mark: () => real.mark(),
    close: () => real.close(),
    search: (search) => real.search(search),
    commit: (records) => real.commit(when === 'in the transaction' ? deadly(records) : records),
  };
  return new SlashingGuard(storage, OPTIONS);
}

/** It dies when all is written and the commit is on its way, which never gets there. */
async function guardOverServer(at: string) {
  const proxy = await TcpProxy.to(Number(new URL(at).port));
  const through = at.replace(/:\d+\//, `:${proxy.port}/`);
  const shared = { url: through, passwordFile: null, instance: 'test' };
  const guard = await openAnyGuard({ ...OPTIONS, path, shared });
  proxy.onQuestion = (chunk) => {
    const text = chunk.toString('latin1');
    // Only acts commit in a message of its own.
    if (when === 'in the transaction' && text.includes('COMMIT') && !text.includes('BEGIN')) die();
  };
  return guard;
}

const guard = url === undefined ? guardOverFile() : await guardOverServer(url);
const entries = Array.from({ length: 40 }, (_, n) => keyEntry(key(n + 1), [blockEntry(500 + n)]));
const text = documentOf(...entries);
await guard.importInterchange(streamOf(text, 500), {
  onProgress: (bytes) => {
    if (when === 'while reading' && bytes > text.length / 2) die();
  },
});
if (when === 'after the commit') die();
