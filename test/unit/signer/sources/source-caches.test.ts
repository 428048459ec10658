import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf, type SecretBytes } from '../../../../signer/keystore/bls-keys.ts';
import { sourceCachePath } from '../../../../signer/keystore/cache/key-caches.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { openSource } from '../../../../signer/sources/open-source.ts';
import { openSources } from '../../../../signer/sources/open-sources.ts';
import { SourceKeeper } from '../../../../signer/sources/source-keeper.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

// Each cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000 });
const log = createLogger('silent');
let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'vigil-source-caches-'))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const KEPT = (): string => sourceCachePath(dataDir, `teku ${join(dataDir, 'here')}`);
const OTHER = (): string => sourceCachePath(dataDir, `teku ${join(dataDir, 'elsewhere')}`);
const put = (...paths: readonly string[]): void => {
  for (const path of paths) writeFileSync(path, 'sealed', { mode: 0o600 });
};
const caches = (): string[] =>
  readdirSync(dataDir)
    .filter((name) => name.includes('key-cache'))
    .sort();
const unused = {
  has: (): boolean => false,
  adopt: (): Promise<'active'> => Promise.reject(new Error('nothing is loaded here')),
};

it('the cache of a source that is named no more goes at the next start, the others stay', async () => {
  put(join(dataDir, 'key-cache.sealed'), KEPT(), OTHER());
  const file = join(dataDir, 'sources.yaml');
  writeFileSync(file, 'sources:\n  - {type: teku, path: here}\n');
  const before = caches();
  const { keeper } = await openSources(file, { dataDir, keyCache: true, log, ...unused });
  await keeper.stop();
  expect(caches()).toEqual(before.filter((name) => !OTHER().endsWith(name)));
});

it('a key that is removed while no signer runs is in no cache any more, whoever had it', async () => {
  put(join(dataDir, 'key-cache.sealed'), KEPT());
  await new KeyDirectory(dataDir).remove(pubkeyOf(generateSecretKey()));
  expect(caches()).toEqual([]);
});

it('what a write of a cache of a source left that was cut short is swept', async () => {
  put(join(dataDir, '.key-cache-0123456789abcdef.sealed.0123456789abcdef.tmp'));
  put(join(dataDir, '.key-cache.sealed.0123456789abcdef.tmp'), join(dataDir, '.other.0123456789abcdef.tmp'));
  expect(await new KeyDirectory(dataDir).sweepLeftovers()).toBe(2);
  expect(caches()).toEqual([]);
  expect(readdirSync(dataDir)).toEqual(['.other.0123456789abcdef.tmp']);
});

it('a source is told of a deleted key as of one that need not be opened', async () => {
  const [deleted, fresh] = [pubkeyOf(generateSecretKey()), pubkeyOf(generateSecretKey())];
  const known: Pubkey[] = [];
  const source = {
    name: 'a source',
    async *load({ has }: { has: (pubkey: Pubkey) => boolean }) {
      await Promise.resolve();
      known.push(...[deleted, fresh].filter(has));
      yield* [];
    },
  };
  const isDeleted = (pubkey: Pubkey): boolean => pubkey === deleted;
  const keeper = new SourceKeeper({ sources: [source], isDeleted, log, ...unused });
  await keeper.load();
  await keeper.stop();
  expect(known).toEqual([deleted]);
});

describe('a key that two sources have', () => {
  const folderOf = (name: string): string => join(dataDir, name);
  const holding = (pubkey: Pubkey): string[] =>
    caches().filter((name) => readFileSync(join(dataDir, name)).includes(Buffer.from(bytesOf(pubkey))));

  /** Sources over these folders, with the keys that they brought in. */
  async function start(...names: string[]) {
    const file = join(dataDir, 'sources.yaml');
    writeFileSync(file, `sources:\n${names.map((name) => `  - {type: teku, path: ${name}}\n`).join('')}`);
    const here = new Map<Pubkey, SecretBytes>();
    const deleted = new Set<Pubkey>();
    const { keeper } = await openSources(file, {
      ...{ dataDir, keyCache: true, log },
      has: (pubkey) => here.has(pubkey),
      isDeleted: (pubkey) => deleted.has(pubkey),
      adopt: (pubkey, secretKey) => {
        if (deleted.has(pubkey)) return Promise.resolve('deleted');
        if (here.has(pubkey)) return Promise.resolve('duplicate');
        here.set(pubkey, secretKey);
        return Promise.resolve('active');
      },
    });
    await keeper.load();
    return { keeper, here, deleted };
  }

  async function twice(): Promise<Pubkey> {
    const { pubkey, keystore } = await cheapKeystore('pw');
    for (const name of ['one', 'two']) {
      mkdirSync(folderOf(name));
      writeFileSync(join(folderOf(name), 'k.json'), JSON.stringify(keystore));
      writeFileSync(join(folderOf(name), 'k.txt'), 'pw');
    }
    return pubkey;
  }

  it('stays when one of them goes, while the signer runs and at the next start', async () => {
    const pubkey = await twice();
    const first = await start('one', 'two');
    rmSync(folderOf('one'), { recursive: true });
    await first.keeper.load();
    expect([...first.here.keys()]).toEqual([pubkey]);
    await first.keeper.stop();
    const second = await start('two');
    expect([...second.here.keys()]).toEqual([pubkey]);
    await second.keeper.stop();
  });

  it('is in no cache any more when it was deleted, whichever source it came out of', async () => {
    const pubkey = await twice();
    const { keeper, deleted, here } = await start('one', 'two');
    await keeper.stop();
    // Both were asked at once, so that both opened it.
    expect(holding(pubkey)).toHaveLength(2);
    const again = await start('one', 'two');
    again.deleted.add(pubkey);
    await again.keeper.forget(pubkey);
    expect(holding(pubkey)).toEqual([]);
    await again.keeper.stop();
    expect([holding(pubkey), here.size, deleted.size]).toEqual([[], 1, 0]);
  });

  it('is in no cache of a source that was not asked yet when it was deleted, and other caches stay', async () => {
    const pubkey = await twice();
    const first = await start('one', 'two');
    await first.keeper.stop();
    const sealed = holding(pubkey);
    const source = (name: string) =>
      openSource({ type: 'teku', path: folderOf(name) }, { dataDir, keyCache: true, log });
    const one = source('one');
    await one.forget?.(pubkeyOf(generateSecretKey()));
    expect(holding(pubkey)).toEqual(sealed);
    await one.forget?.(pubkey);
    expect(holding(pubkey)).toHaveLength(1);
    await one.close?.();
    expect(holding(pubkey)).toHaveLength(1);
  });
});
