import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { importKeystores } from '../../../../cli/keys/import-keystores.ts';
import { KeptInCache } from '../../../../cli/keys/kept-in-cache.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { keyCachePath } from '../../../../signer/data-directory.ts';
import { keyCacheOf } from '../../../../signer/keystore/cache/key-caches.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { runVigil } from '../../../support/run-vigil.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { cheapKeystore } from '../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

// A cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

const PASSWORD = 'correct horse battery';
const log = createLogger('silent');

interface Row {
  readonly file: string;
  readonly pubkey: Pubkey | null;
  readonly status: string;
  readonly message: string;
}

/** An empty data directory, and a way to make keystores and to run a verb on it. */
function place() {
  const { at, write } = tempFolder();
  const dataDir = at('data');
  mkdirSync(dataDir);
  const password = write('password.txt', PASSWORD);
  const keystore = async (name: string): Promise<Pubkey> => {
    const made = await cheapKeystore(PASSWORD);
    write(name, made.keystore);
    return made.pubkey;
  };
  const keys = (verb: string, ...args: string[]) =>
    runVigil(['keys', verb, '--data-dir', dataDir, '--network', 'hoodi', '--json', ...args]);
  const importFrom = (name: string, passwordFile = password, ...more: string[]) =>
    keys('import', '--keystores', at(name), '--password-file', passwordFile, ...more);
  return { at, write, dataDir, password, keystore, keys, importFrom };
}

/** What a start finds: all keys it has, and how many of them it has to open one by one. */
async function nextStart(dataDir: string): Promise<{ pubkeys: Pubkey[]; cold: number }> {
  const cache = keyCacheOf(dataDir, log);
  const directory = new KeyDirectory(dataDir, cache);
  let cold = 0;
  const pubkeys: Pubkey[] = [];
  const onProgress = (_done: number, _total: number, opened: number): number => (cold = opened);
  for await (const key of directory.load(await directory.list(), { onProgress })) {
    if ('secretKey' in key) pubkeys.push(key.pubkey);
  }
  await cache.close();
  return { pubkeys: pubkeys.sort(), cold };
}

test('imported and new keys are in the key cache, beside those of earlier imports', async () => {
  const { keystore, importFrom, keys, dataDir } = place();
  const first = await keystore('one/a.json');
  const second = await keystore('two/b.json');
  expect((await importFrom('one')).code).toBe(0);
  expect((await importFrom('two')).code).toBe(0);
  const made = await keys('new', '--random', '--count', '1', '--kdf', 'pbkdf2');
  const [third] = (JSON.parse(made.stdout) as { pubkeys: Pubkey[] }).pubkeys;
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [first, second, third!].sort(), cold: 0 });
});

test('with the key cache off nothing is written beside the keystores', async () => {
  const { keystore, importFrom, dataDir, password } = place();
  const pubkey = await keystore('one/a.json');
  expect((await importFrom('one', password, '--key-cache', 'off')).code).toBe(0);
  expect(existsSync(keyCachePath(dataDir))).toBe(false);
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [pubkey], cold: 1 });
});

test('a key that was deleted leaves the cache, and comes back only by an import', async () => {
  const { at, keystore, importFrom, keys, dataDir } = place();
  const first = await keystore('one/a.json');
  await importFrom('one');
  expect((await keys('remove', first, '--out', at('moved.json'), '--yes')).code).toBe(0);
  expect(existsSync(keyCachePath(dataDir))).toBe(false);
  const rows = JSON.parse((await importFrom('one')).stdout) as Row[];
  expect(rows.map(({ status }) => status)).toEqual(['imported']);
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [first], cold: 0 });
});

test('keys that are in are passed over without being opened, the others are brought in', async () => {
  const { at, write, keystore, importFrom } = place();
  const first = await keystore('one/a.json');
  await importFrom('one');
  // Opening would fail: the other password is the proof that nothing is opened.
  const other = await cheapKeystore('another password');
  write('one/b.json', other.keystore);
  const again = await importFrom('one', write('other.txt', 'another password'));
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toEqual([
    { file: at('one/a.json'), pubkey: first, status: 'duplicate', message: 'imported before; not opened' },
    { file: at('one/b.json'), pubkey: other.pubkey, status: 'imported', message: '' },
  ]);
});

test.each([
  [
    'keystore is damaged',
    (dataDir: string, pubkey: Pubkey) => join(dataDir, 'keys', `${pubkey}.json`),
    'garbage',
  ],
  ['password is gone', (dataDir: string, pubkey: Pubkey) => join(dataDir, 'secrets', pubkey), null],
])('a key whose %s is repaired by importing it again', async (_what, fileOf, content) => {
  const { keystore, importFrom, dataDir } = place();
  const pubkey = await keystore('one/a.json');
  const off = ['--key-cache', 'off'];
  await importFrom('one', undefined, ...off);
  const file = fileOf(dataDir, pubkey);
  if (content === null) rmSync(file);
  else writeFileSync(file, content);
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [], cold: 1 });
  const [row] = JSON.parse((await importFrom('one', undefined, ...off)).stdout) as Row[];
  expect(row).toMatchObject({ pubkey, status: 'imported' });
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [pubkey], cold: 1 });
});

test('the history of keys that are all in already is merged all the same, and once', async () => {
  const { dataDir, keyManager, pubkeys } = await startSignerFixture({ keys: 2 });
  const files = pubkeys.map((pubkey) => join(dataDir, 'keys', `${pubkey}.json`));
  let merges = 0;
  const mergeHistory = (): Promise<void> => Promise.resolve(void (merges += 1));
  const signal = new AbortController().signal;
  const rows = await importKeystores(files, 'not theirs', { keyManager, mergeHistory, by: 'test', signal });
  expect(rows.map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);
  expect(merges).toBe(1);
});

test('nothing is merged when no keystore opens', async () => {
  const { write } = tempFolder();
  const { keyManager } = await startSignerFixture({ keys: 0 });
  const file = write('a.json', (await cheapKeystore(PASSWORD)).keystore);
  let merges = 0;
  const mergeHistory = (): Promise<void> => Promise.resolve(void (merges += 1));
  const signal = new AbortController().signal;
  const rows = await importKeystores([file], 'wrong', { keyManager, mergeHistory, by: 'test', signal });
  expect(rows.map(({ status, pubkey }) => [status, pubkey])).toEqual([['error', null]]);
  expect(merges).toBe(0);
});

test('history that cannot be merged keeps every key out', async () => {
  const { write } = tempFolder();
  const { keyManager, guard } = await startSignerFixture({ keys: 0 });
  const file = write('a.json', (await cheapKeystore(PASSWORD)).keystore);
  const mergeHistory = (): Promise<void> => Promise.reject(new Error('bad history'));
  const signal = new AbortController().signal;
  const done = importKeystores([file], PASSWORD, { keyManager, mergeHistory, by: 'test', signal });
  await expect(done).rejects.toThrow('bad history');
  expect(guard.listKeys()).toEqual([]);
});

test('an import that was ended goes on where it was', async () => {
  const { write } = tempFolder();
  const { keyManager } = await startSignerFixture({ keys: 0 });
  const files: string[] = [];
  for (let at = 0; at < 2 * availableParallelism() + 3; at += 1)
    files.push(write(`${at}.json`, (await cheapKeystore(PASSWORD)).keystore));
  const stop = new AbortController();
  const mergeHistory = (): Promise<void> => {
    stop.abort();
    return Promise.resolve();
  };
  const modules = { keyManager, mergeHistory, by: 'test' };
  const first = await importKeystores(files, PASSWORD, { ...modules, signal: stop.signal });
  expect(first.length).toBeGreaterThan(0);
  expect(first.length).toBeLessThan(files.length);
  expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['imported']));

  const second = await importKeystores(files, PASSWORD, { ...modules, signal: new AbortController().signal });
  expect(second.map(({ file }) => file)).toEqual(files);
  const before = new Set(first.map(({ file }) => file));
  for (const { file, status } of second) expect(status).toBe(before.has(file) ? 'duplicate' : 'imported');
});

test('a verb that is killed loses no more of the cache than came since the last save', async () => {
  const fixture = await startSignerFixture({ keys: 1 });
  const { dataDir, keyManager, pubkeys } = fixture;
  const made = await cheapKeystore(PASSWORD);
  await keyManager.importKey(made.keystore, PASSWORD);
  await fixture.close();
  const cache = keyCacheOf(dataDir, log);
  onTestFinished(() => cache.close());
  const directory = new KeptInCache(dataDir, cache, 0);
  await directory.openCache(pubkeys);
  await directory.rememberSecret(made.pubkey, made.secretKey);
  // Not closed: what is in the file now is what a kill leaves.
  expect(existsSync(keyCachePath(dataDir))).toBe(true);
  rmSync(join(dataDir, 'keys', `${pubkeys[0]!}.json`));
  expect(await nextStart(dataDir)).toEqual({ pubkeys: [made.pubkey], cold: 0 });
});
