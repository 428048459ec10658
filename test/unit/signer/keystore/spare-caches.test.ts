import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesOf, pubkeyFromBytes, type Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { passwordDigest } from '../../../../signer/keystore/cache/cache-lock.ts';
import { cachePlace } from '../../../../signer/keystore/cache/cache-place.ts';
import { SealedCache } from '../../../../signer/keystore/cache/sealed-cache.ts';
import { SpareCaches } from '../../../../signer/keystore/cache/spare-caches.ts';
import { readCache, type KeystoreProof } from '../../../../signer/keystore/cache/unlock-cache.ts';

// Each cache and each part takes a real scrypt, seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const PATIENT = { timeout: 200_000, interval: 20 };

const proof = (keystore: string, password: string): KeystoreProof => ({
  keystore: createHash('sha256').update(keystore).digest(),
  password: passwordDigest(password),
});

const folder = mkdtempSync(join(tmpdir(), 'vigil-spares-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'key-cache.sealed');
const place = cachePlace(folder, 'a'.repeat(64));
/** Two under one password, two each under its own. */
const keys = ['shared', 'shared', 'own', 'other'].map((password, at) => {
  const secretKey = generateSecretKey();
  return { password, secretKey, pubkey: pubkeyOf(secretKey), proof: proof(`keystore ${at}`, password) };
});
type Key = (typeof keys)[number];
const [one, two, own, other] = keys as [Key, Key, Key, Key];
const all = (): Map<Pubkey, KeystoreProof> => new Map(keys.map((key) => [key.pubkey, key.proof]));
const pubkeysOf = (...some: Key[]): Pubkey[] => some.map(({ pubkey }) => pubkey).sort();

const files = (): string[] => readdirSync(folder).sort();
const spares = (): string[] => files().filter((name) => name.includes('.spare-'));
const holding = ({ pubkey }: Key): string[] =>
  files().filter((name) => readFileSync(join(folder, name)).includes(Buffer.from(bytesOf(pubkey))));

function newCache(boundTo = place, spareRestMs = 1_000_000) {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const rests = { restMs: 1_000_000, spareRestMs };
  return { cache: new SealedCache({ path, place: boundTo, log, ...rests }), lines };
}

async function opened(present: ReadonlyMap<Pubkey, KeystoreProof>, boundTo = place, spareRestMs?: number) {
  const { cache, lines } = newCache(boundTo, spareRestMs);
  const found = new Map<Pubkey, Buffer>();
  for await (const batch of cache.open(() => Promise.resolve(present))) {
    for (const { pubkey, secretKey } of batch) found.set(pubkey, Buffer.from(secretKey.toBytes()));
  }
  return { found, told: lines.join(''), cache };
}

/** What is on the disk once a cache of all keys came to rest, as every test finds it. */
let saved: Map<string, Buffer> | null = null;
beforeEach(async () => {
  for (const name of files()) rmSync(join(folder, name));
  if (saved === null) {
    const { cache } = await opened(all(), place, 50);
    for (const key of keys) cache.put(key.pubkey, key.proof, key.secretKey);
    await expect.poll(spares, PATIENT).toHaveLength(3);
    await cache.close();
    saved = new Map(files().map((name) => [name, readFileSync(join(folder, name))]));
  }
  for (const [name, bytes] of saved) writeFileSync(join(folder, name), bytes, { mode: 0o600 });
});

describe('spare parts', () => {
  it('have each key under its own password and no bare secret', () => {
    for (const name of spares()) {
      const bytes = readFileSync(join(folder, name));
      for (const { secretKey } of keys) expect(bytes.includes(Buffer.from(secretKey.toBytes()))).toBe(false);
    }
    expect(holding(one)).toEqual(holding(two));
    for (const [key, stranger] of [
      [own, other],
      [other, own],
      [one, own],
      [own, one],
    ] as const) {
      expect(spares().some((name) => holding(key).includes(name) && !holding(stranger).includes(name))).toBe(
        true,
      );
    }
  });

  it('give all but the one whose keystore and own password were changed', async () => {
    const present = all().set(own.pubkey, proof('made anew', 'and its password'));
    const { found, told, cache } = await opened(present);
    expect([...found.keys()].sort()).toEqual(pubkeysOf(one, two, other));
    for (const key of [one, two, other])
      expect(found.get(key.pubkey)).toEqual(Buffer.from(key.secretKey.toBytes()));
    expect(told).toContain('KEY_CACHE_REFUSED');
    expect(told).toContain('spare parts');
    cache.put(own.pubkey, present.get(own.pubkey)!, own.secretKey);
    await cache.close();
    // From now on it is one cache again.
    const again = await opened(present);
    expect([...again.found.keys()].sort()).toEqual(pubkeysOf(...keys));
    expect(again.told).toBe('');
    await again.cache.close();
  });

  it('give all but the one that is gone, password and all', async () => {
    const present = all();
    present.delete(other.pubkey);
    const { found, cache } = await opened(present);
    expect([...found.keys()].sort()).toEqual(pubkeysOf(one, two, own));
    await cache.close();
    expect(holding(other)).toEqual([]);
  });

  it('that are not read to the end stay, with the cache, as they were', async () => {
    const { cache } = newCache();
    const present = all().set(own.pubkey, proof('made anew', 'and its password'));
    const batches = cache.open(() => Promise.resolve(present));
    expect((await batches.next()).value).not.toHaveLength(0);
    await cache.save();
    await batches.return();
    await cache.close();
    expect(new Map(files().map((name) => [name, readFileSync(join(folder, name))]))).toEqual(saved);
  });

  it('are not missed any more when a key is forgotten before the last of them was read', async () => {
    const { cache } = newCache();
    const present = all().set(own.pubkey, proof('made anew', 'and its password'));
    const batches = cache.open(() => Promise.resolve(present));
    const { pubkey } = ((await batches.next()).value ?? [])[0]!;
    await cache.forget(pubkey);
    expect(files()).toEqual([]);
    await batches.return();
    cache.put(own.pubkey, present.get(own.pubkey)!, own.secretKey);
    await cache.close();
    expect(holding(own)).toHaveLength(1);
    expect(holding(keys.find((key) => key.pubkey === pubkey)!)).toEqual([]);
  });

  it('give nothing when each has lost a password', async () => {
    const present = new Map(keys.map((key) => [key.pubkey, proof('another', 'guessed')]));
    present.set(one.pubkey, one.proof);
    const { found, cache } = await opened(present);
    expect([...found.keys()]).toEqual([]);
    await cache.close();
  });

  it('do not open under another password, elsewhere, or changed', async () => {
    // The keystores are as they were: only who has the passwords gets further.
    const guessed = new Map(
      keys.map((key) => [key.pubkey, { ...key.proof, password: passwordDigest('guess') }]),
    );
    expect((await opened(guessed)).found.size).toBe(0);
    expect((await opened(all(), cachePlace(folder, 'b'.repeat(64)))).found.size).toBe(0);
    for (const name of spares()) {
      const bytes = readFileSync(join(folder, name));
      bytes[bytes.length - 60]! ^= 1;
      writeFileSync(join(folder, name), bytes);
    }
    const present = all().set(own.pubkey, proof('made anew', 'and its password'));
    expect((await opened(present)).found.size).toBe(0);
  });

  it('are not looked at without the cache that they belong to, or when that was tampered with', async () => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    expect((await opened(all())).found.size).toBe(0);
    rmSync(path);
    expect((await opened(all())).found.size).toBe(0);
  });

  it('do not outlive a key that is forgotten', async () => {
    const { cache } = await opened(all(), place, 50);
    await cache.forget(own.pubkey);
    expect(files()).toEqual([]);
    await expect.poll(spares, PATIENT).toHaveLength(2);
    await cache.close();
    expect(holding(own)).toEqual([]);
    expect(holding(one)).toHaveLength(2);
  });

  it('stay with a cache that has more than is there', async () => {
    const write = vi.spyOn(SpareCaches.prototype, 'write');
    const present = all();
    present.delete(one.pubkey);
    const { cache } = await opened(present, place, 50);
    const save = vi.spyOn(cache, 'save');
    await expect.poll(() => save.mock.calls.length, PATIENT).toBeGreaterThan(0);
    await save.mock.results[0]!.value;
    await setImmediate();
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    await cache.close();
  });

  it('are made anew only for other keystores than they are of', async () => {
    const cache = await readCache(path, place);
    const records = cache.kind === 'read' ? cache.file.records : [];
    const content = records.map((record) => ({
      record,
      password: all().get(pubkeyFromBytes(record.pubkey))!.password,
    }));
    let written = 0;
    const keep = (): Promise<boolean> => Promise.resolve(++written < 0);
    const parts = new SpareCaches(path, place);
    await parts.write(content, randomBytes(32), keep);
    expect([written, content.length]).toEqual([0, 4]);
    await parts.write(content.slice(1), randomBytes(32), keep);
    expect(written).toBe(1);
  });
});

it('a keystore that is written anew under its old password costs no other one', async () => {
  for (const name of spares()) rmSync(join(folder, name));
  const present = all().set(own.pubkey, proof('made anew', own.password));
  const { found, told, cache } = await opened(present);
  expect([...found.keys()].sort()).toEqual(pubkeysOf(one, two, other));
  expect(told).toBe('');
  await cache.close();
});

it('a keystore that got a password of its own costs no other one of those that shared its old one', async () => {
  for (const name of spares()) rmSync(join(folder, name));
  const present = all().set(one.pubkey, proof('made anew', 'not shared'));
  const { found, told, cache } = await opened(present);
  expect([...found.keys()].sort()).toEqual(pubkeysOf(two, own, other));
  expect(told).toBe('');
  await cache.close();
});
