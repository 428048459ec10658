import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { sourceCachePath } from '../../../../signer/keystore/cache/key-caches.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { openSources } from '../../../../signer/sources/open-sources.ts';
import { SourceKeeper } from '../../../../signer/sources/source-keeper.ts';

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
