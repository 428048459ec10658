import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { lockingKey, passwordDigest } from '../../../../signer/keystore/cache/cache-lock.ts';
import { cachePlace } from '../../../../signer/keystore/cache/cache-place.ts';
import { ReadAhead } from '../../../../signer/keystore/cache/read-ahead.ts';
import { SealedCache } from '../../../../signer/keystore/cache/sealed-cache.ts';
import { KeyDirectory, type LoadedKey } from '../../../../signer/keystore/key-directory.ts';
import { cheapKeystore } from './cheap-keystore.ts';

// Each cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const data = mkdtempSync(join(tmpdir(), 'vigil-ahead-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const path = join(data, 'key-cache.sealed');
const place = cachePlace(data);
const log = createLogger('silent');
const newCache = () => new SealedCache({ path, place, log, restMs: 1_000_000 });
const keys: { pubkey: Pubkey; password: string }[] = [];

async function read(load: AsyncGenerator<LoadedKey>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const key of load) found[key.pubkey] = 'error' in key ? key.error.code : 'open';
  return found;
}
const passwordFile = (pubkey: Pubkey): string => join(data, 'secrets', pubkey);
const allOpen = () => Object.fromEntries(keys.map(({ pubkey }) => [pubkey, 'open']));

beforeAll(async () => {
  const cache = newCache();
  const directory = new KeyDirectory(data, cache);
  for (const password of ['one', 'one', 'two']) {
    const { keystore, pubkey } = await cheapKeystore(password);
    await directory.add(keystore, password, pubkey);
    keys.push({ pubkey, password });
  }
  expect(await read(directory.load(keys.map(({ pubkey }) => pubkey)))).toEqual(allOpen());
  await cache.close();
});

/** A start that reads ahead, with what happens between that and the opening. */
async function start(between: () => void = () => undefined) {
  const cache = newCache();
  const directory = new KeyDirectory(data, cache);
  const stop = directory.readAhead();
  between();
  let cold = 0;
  const onProgress = (_done: number, _total: number, opened: number): void => void (cold = opened);
  const found = await read(
    directory.load(
      keys.map(({ pubkey }) => pubkey),
      { onProgress },
    ),
  );
  await stop();
  return { found, cold, cache };
}

describe('what was read ahead', () => {
  it('gives every key without opening a keystore', async () => {
    const { found, cold } = await start();
    expect([found, cold]).toEqual([allOpen(), 0]);
  });

  it('is nothing without a cache file, and of a damaged one', async () => {
    const files = { keystore: () => randomBytes(3), password: () => 'one' };
    const missing = new ReadAhead(join(data, 'nowhere'), place, files);
    expect((await missing.proofs()).size).toBe(0);
    const broken = join(data, 'broken');
    writeFileSync(broken, 'VIGILKC1', { mode: 0o600 });
    expect((await new ReadAhead(broken, place, files).proofs()).size).toBe(0);
  });

  it('leaves out what cannot be read, and the rest does not pass for the whole', async () => {
    const third = keys[2]!;
    rmSync(passwordFile(third.pubkey));
    const { found, cold, cache } = await start();
    expect(found[third.pubkey]).toBe('KEY_PASSWORD_MISSING');
    // Without one of its passwords the cache is worth nothing: the others were opened one by one.
    expect([found[keys[0]!.pubkey], found[keys[1]!.pubkey], cold]).toEqual(['open', 'open', 3]);
    writeFileSync(passwordFile(third.pubkey), third.password, { mode: 0o600 });
    await read(new KeyDirectory(data, cache).load([third.pubkey]));
    await cache.close();
  });

  it('is not taken for other passwords, another salt, or twice', async () => {
    const asked: Pubkey[] = [];
    const files = {
      keystore: () => randomBytes(3),
      password: (pubkey: Pubkey) => {
        asked.push(pubkey);
        return 'guessed';
      },
    };
    const ahead = new ReadAhead(path, place, files);
    await ahead.proofs();
    expect(asked.sort()).toEqual(keys.map(({ pubkey }) => pubkey).sort());
    const passwords = ['one', 'two'].map(passwordDigest);
    const salt = randomBytes(32);
    const right = Buffer.from(await lockingKey(passwords, salt, place));
    expect(Buffer.from(await ahead.lockingKey(passwords, salt, place))).toEqual(right);
    const guessed = [passwordDigest('guessed')];
    const other = Buffer.from(await lockingKey(guessed, salt, place));
    expect(Buffer.from(await new ReadAhead(path, place, files).lockingKey(guessed, salt, place))).toEqual(
      other,
    );
    expect(Buffer.from(await ahead.lockingKey(guessed, salt, place))).toEqual(other);
  });

  it('ends when it is told to, before it has read everything', async () => {
    const asked: Pubkey[] = [];
    const password = (pubkey: Pubkey): string => {
      asked.push(pubkey);
      return 'one';
    };
    const ahead = new ReadAhead(path, place, { keystore: () => randomBytes(3), password });
    await ahead.stop();
    expect(asked).toEqual([]);
    expect((await ahead.proofs()).size).toBe(0);
  });
});
