import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { cachePlace } from '../../../../signer/keystore/cache/cache-place.ts';
import { SealedCache } from '../../../../signer/keystore/cache/sealed-cache.ts';
import type { KeystoreProofs } from '../../../../signer/keystore/cache/unlock-cache.ts';
import { derivationRoom } from '../../../../signer/keystore/derivation-room.ts';
import { KeyDirectory, type LoadedKey } from '../../../../signer/keystore/key-directory.ts';
import { proofOf } from '../../../../signer/keystore/open-stored.ts';
import { cheapKeystore } from './cheap-keystore.ts';

// Each cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const data = mkdtempSync(join(tmpdir(), 'vigil-opening-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));
const path = join(data, 'key-cache.sealed');
const log = createLogger('silent');
const newCache = () => new SealedCache({ path, place: cachePlace(data), log, restMs: 1_000_000 });
const file = (): Buffer => readFileSync(path);
const isInFile = (pubkey: Pubkey): boolean => file().includes(Buffer.from(bytesOf(pubkey)));

/** What comes of a load, and how many keystores it had to open. */
async function loaded(directory: KeyDirectory, pubkeys: readonly Pubkey[]) {
  let cold = 0;
  const onProgress = (_done: number, _total: number, opened: number): void => void (cold = opened);
  const found: Pubkey[] = [];
  for await (const key of directory.load(pubkeys, { onProgress })) {
    if ('secretKey' in key) found.push(key.pubkey);
  }
  return { found: found.sort(), cold };
}

async function rest(load: AsyncGenerator<LoadedKey>, first: Promise<IteratorResult<LoadedKey, void>>) {
  const found: Pubkey[] = [];
  for (let next = await first; next.done !== true; next = await load.next()) {
    if ('secretKey' in next.value) found.push(next.value.pubkey);
  }
  return found.sort();
}

/** A start that comes by itself: what the file is worth. */
async function nextStart() {
  const cache = newCache();
  const directory = new KeyDirectory(data, cache);
  const result = await loaded(directory, await directory.list());
  await cache.close();
  return result;
}

/** A new key that is put into a cache out of a keystore of its own. */
function newKey() {
  const secretKey = generateSecretKey();
  const keystore = Buffer.from(pubkeyOf(secretKey));
  return { secretKey, pubkey: pubkeyOf(secretKey), proof: proofOf({ keystore, password: 'one' }) };
}

/** The keys of the data directory, with the bytes of a cache that has them. */
let made: { pubkeys: Pubkey[]; proofs: KeystoreProofs; bytes: Buffer } | null = null;
beforeEach(async () => {
  made ??= await make();
  writeFileSync(path, made.bytes, { mode: 0o600 });
});

async function make() {
  const cache = newCache();
  const directory = new KeyDirectory(data, cache);
  for (const password of ['one', 'one', 'two']) {
    const { keystore, pubkey } = await cheapKeystore(password);
    await directory.add(keystore, password, pubkey);
  }
  const pubkeys = await directory.list();
  expect((await loaded(directory, pubkeys)).cold).toBe(3);
  await cache.close();
  const proofs = new Map(
    pubkeys.map((pubkey) => {
      const keystore = readFileSync(join(data, 'keys', `${pubkey}.json`));
      const password = readFileSync(join(data, 'secrets', pubkey), 'utf8');
      return [pubkey, proofOf({ keystore, password })];
    }),
  );
  return { pubkeys, proofs, bytes: file() };
}

/** A cache that is being opened until it is told that its keystores are proven. */
function opening(unwanted?: (pubkey: Pubkey) => boolean) {
  const cache = newCache();
  const proving = Promise.withResolvers<KeystoreProofs | null>();
  const batches = cache.open(() => proving.promise, { unwanted });
  const first = batches.next();
  const end = async (proofs: KeystoreProofs | null): Promise<Pubkey[]> => {
    proving.resolve(proofs);
    const found: Pubkey[] = [];
    for (let next = await first; next.done !== true; next = await batches.next()) {
      found.push(...next.value.map(({ pubkey }) => pubkey));
    }
    return found.sort();
  };
  return { cache, end };
}

describe('while a cache is being opened', () => {
  it('a second load waits for it, and neither opens what the cache has', async () => {
    const { pubkeys, bytes } = made!;
    const cache = newCache();
    const directory = new KeyDirectory(data, cache);
    const load = directory.load(pubkeys);
    const first = load.next();
    // As a reload does that finds no new keystore.
    expect(await loaded(directory, [])).toEqual({ found: [], cold: 0 });
    expect(await rest(load, first)).toEqual(pubkeys);
    await cache.close();
    expect(file()).toEqual(bytes);
  });

  it('who asks for it again goes on once the file is known', async () => {
    const { cache, end } = opening();
    const later = cache.open(() => Promise.reject(new Error('not asked'))).next();
    const wentOn = vi.fn();
    void later.then(wentOn);
    await setImmediate();
    expect(wentOn).not.toHaveBeenCalled();
    await end(null);
    expect((await later).done).toBe(true);
    await cache.close();
  });

  it('a keystore that a second load brings comes beside what the cache has', async () => {
    const cache = newCache();
    const directory = new KeyDirectory(data, cache);
    const load = directory.load(made!.pubkeys);
    const first = load.next();
    const { keystore, pubkey } = await cheapKeystore('three');
    await directory.add(keystore, 'three', pubkey);
    const second = await loaded(directory, [pubkey]);
    expect(await rest(load, first)).toEqual(made!.pubkeys);
    expect(second).toEqual({ found: [pubkey], cold: 1 });
    await cache.close();
    expect(await nextStart()).toEqual({ found: [...made!.pubkeys, pubkey].sort(), cold: 0 });
    await directory.remove(pubkey);
  });

  it('a key that is put in stays, under the key of the file, and a save waits', async () => {
    const { pubkeys, proofs } = made!;
    const fresh = newKey();
    const { cache, end } = opening();
    cache.put(fresh.pubkey, fresh.proof, fresh.secretKey);
    const saving = cache.save();
    expect(await end(proofs)).toEqual(pubkeys);
    await saving;
    const again = opening();
    const all = new Map(proofs).set(fresh.pubkey, fresh.proof);
    expect(await again.end(all)).toEqual([...pubkeys, fresh.pubkey].sort());
    await Promise.all([cache.close(), again.cache.close()]);
  });

  it('a key that is forgotten does not come back with what is taken over', async () => {
    const [one] = made!.pubkeys as [Pubkey];
    const { cache, end } = opening();
    const forgetting = cache.forget(one);
    await end(made!.proofs);
    await forgetting;
    await cache.close();
    expect(isInFile(one)).toBe(false);
    expect((await nextStart()).cold).toBe(1);
  });

  it('and the opening is given up, the file stays as it was', async () => {
    const fresh = newKey();
    const { cache, end } = opening();
    cache.put(fresh.pubkey, fresh.proof, fresh.secretKey);
    expect(await end(null)).toEqual([]);
    await cache.close();
    expect(file()).toEqual(made!.bytes);
  });
});

describe('a cache whose keystores are not all there', () => {
  /** All but the first, whose password another one has too. */
  const fewer = (): { absent: Pubkey; present: KeystoreProofs } => {
    const { proofs } = made!;
    const shared = [...proofs].filter(
      ([, { password }], _at, all) =>
        all.filter(([, other]) => Buffer.compare(other.password, password) === 0).length > 1,
    );
    const absent = shared[0]![0];
    return { absent, present: new Map([...proofs].filter(([pubkey]) => pubkey !== absent)) };
  };

  it.each(['keys', 'secrets'])('stays as it is while no %s are there', async (folder) => {
    const [there, away] = [join(data, folder), join(data, `${folder}.away`)];
    renameSync(there, away);
    const found = await nextStart();
    renameSync(away, there);
    expect(found.found).toEqual([]);
    expect(file()).toEqual(made!.bytes);
    expect(await nextStart()).toEqual({ found: made!.pubkeys, cold: 0 });
  });

  it('is replaced once more would be lost without it than with it', async () => {
    const { absent, present } = fewer();
    const { cache, end } = opening();
    expect(await end(present)).toEqual([...present.keys()].sort());
    const [one, other] = [newKey(), newKey()];
    cache.put(one.pubkey, one.proof, one.secretKey);
    await cache.save();
    expect(file()).toEqual(made!.bytes);
    cache.put(other.pubkey, other.proof, other.secretKey);
    await cache.save();
    expect([absent, one.pubkey, other.pubkey].map(isInFile)).toEqual([false, true, true]);
    await cache.close();
  });

  it('is replaced when what was away is opened', async () => {
    const { absent, present } = fewer();
    const { cache, end } = opening();
    await end(present);
    const { secretKey } = newKey();
    cache.put(absent, made!.proofs.get(absent)!, secretKey);
    await cache.close();
    expect(file()).not.toEqual(made!.bytes);
  });

  it('loses a key that is deleted while its keystore is away', async () => {
    const { absent, present } = fewer();
    const { cache, end } = opening();
    await end(present);
    await cache.forget(absent);
    expect(existsSync(path)).toBe(false);
    await cache.close();
    expect([...made!.pubkeys].map(isInFile)).toEqual(made!.pubkeys.map((pubkey) => pubkey !== absent));
  });

  it('loses a key that was deleted elsewhere', async () => {
    const { absent, present } = fewer();
    const { cache, end } = opening((pubkey) => pubkey === absent);
    await end(present);
    await cache.close();
    expect(made!.pubkeys.map(isInFile)).toEqual(made!.pubkeys.map((pubkey) => pubkey !== absent));
  });

  it('goes when it has a key that was deleted elsewhere, and nothing else is left of it', async () => {
    const { absent } = fewer();
    const { cache, end } = opening((pubkey) => pubkey === absent);
    await end(new Map());
    await cache.close();
    expect(existsSync(path)).toBe(false);
  });
});

it('a cache that two hold is saved when both have released it', async () => {
  const { cache, end } = opening();
  await end(made!.proofs);
  const derived = vi.spyOn(derivationRoom, 'take');
  cache.hold();
  cache.hold();
  const fresh = newKey();
  cache.put(fresh.pubkey, fresh.proof, fresh.secretKey);
  cache.release();
  await setImmediate();
  expect(derived).not.toHaveBeenCalled();
  cache.release();
  await setImmediate();
  expect(derived).toHaveBeenCalledOnce();
  await cache.close();
  expect(isInFile(fresh.pubkey)).toBe(true);
});

it('a cache that is closed writes nothing any more', async () => {
  const { cache, end } = opening();
  await end(made!.proofs);
  await cache.close();
  const fresh = newKey();
  cache.put(fresh.pubkey, fresh.proof, fresh.secretKey);
  await cache.save();
  expect(file()).toEqual(made!.bytes);
});
