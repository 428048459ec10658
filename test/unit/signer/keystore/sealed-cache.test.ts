import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { cachePlace } from '../../../../signer/keystore/cache/cache-place.ts';
import { passwordDigest } from '../../../../signer/keystore/cache/cache-lock.ts';
import { SealedCache } from '../../../../signer/keystore/cache/sealed-cache.ts';
import type { KeystoreProof } from '../../../../signer/keystore/cache/unlock-cache.ts';

// Each cache takes a real scrypt or several, seconds each on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const proof = (keystore: string, password: string): KeystoreProof => ({
  keystore: createHash('sha256').update(keystore).digest(),
  password: passwordDigest(password),
});

const folder = mkdtempSync(join(tmpdir(), 'vigil-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'key-cache.sealed');
const place = cachePlace(folder, 'a'.repeat(64));
const keys = ['one', 'two', 'three'].map((name) => {
  const secretKey = generateSecretKey();
  return { name, secretKey, pubkey: pubkeyOf(secretKey) };
});
const secretOf = ({ secretKey }: (typeof keys)[number]) => Buffer.from(secretKey.toBytes());
/** As the files are when the cache is made: one and two share a password. */
const proofs = new Map(
  keys.map(({ name, pubkey }): [Pubkey, KeystoreProof] => [
    pubkey,
    proof(name, name === 'three' ? 'own' : 'shared'),
  ]),
);
let good: Buffer;

function newCache(at = path, boundTo = place) {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  return { cache: new SealedCache({ path: at, place: boundTo, log, restMs: 1_000_000 }), lines };
}

/** What a start gets out of the file, and what it is told. */
async function opened(present: ReadonlyMap<Pubkey, KeystoreProof> = proofs, boundTo = place) {
  const { cache, lines } = newCache(path, boundTo);
  const found = new Map<Pubkey, Buffer>();
  for await (const batch of cache.open(() => Promise.resolve(present))) {
    for (const { pubkey, secretKey } of batch) found.set(pubkey, Buffer.from(secretKey.toBytes()));
  }
  return { found, told: lines.join(''), cache };
}

beforeAll(async () => {
  const { cache } = await opened();
  for (const { pubkey, secretKey } of keys) cache.put(pubkey, proofs.get(pubkey)!, secretKey);
  await cache.close();
  good = readFileSync(path);
});

function damaged(change: (bytes: Buffer) => Buffer): void {
  writeFileSync(path, change(Buffer.from(good)), { mode: 0o600 });
  chmodSync(path, 0o600);
}
const flipped = (at: number) =>
  damaged((bytes) => {
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    return bytes;
  });
const whole = () => damaged((bytes) => bytes);
const REFUSED = /KEY_CACHE_REFUSED/;

describe('a cache that gives nothing', () => {
  it.each([
    ['is empty', () => damaged(() => Buffer.alloc(0))],
    ['was cut in a record', () => damaged((bytes) => bytes.subarray(0, -50))],
    ['was cut by a record', () => damaged((bytes) => bytes.subarray(0, -236))],
    ['has something behind it', () => damaged((bytes) => Buffer.concat([bytes, Buffer.alloc(236)]))],
    ['is of another version', () => flipped(7)],
    ['counts more records than it has', () => flipped(8 + 32 + 32 + 60 + 3)],
    ['was made elsewhere, by its own words', () => flipped(8)],
    ['has another salt', () => flipped(8 + 32)],
    ['has another locked key', () => flipped(8 + 32 + 32 + 20)],
    ['has a changed secret', () => flipped(8 + 32 + 32 + 60 + 4 + 48 + 96 + 32 + 20)],
    ['has a changed uncompressed key', () => flipped(8 + 32 + 32 + 60 + 4 + 48 + 10)],
    ['has a changed seal', () => flipped(-1)],
  ])('%s', async (_what, prepare) => {
    prepare();
    const { found, told } = await opened();
    expect(found.size).toBe(0);
    expect(told).toMatch(REFUSED);
  });

  it('others may read', async () => {
    whole();
    chmodSync(path, 0o640);
    const { found, told } = await opened();
    expect(found.size).toBe(0);
    expect(told).toContain('has mode 0640');
    chmodSync(path, 0o600);
  });

  it('is of another machine or another directory', async () => {
    whole();
    for (const other of [cachePlace(folder, 'b'.repeat(64)), cachePlace(tmpdir(), 'a'.repeat(64))]) {
      const { found, told } = await opened(proofs, other);
      expect(found.size).toBe(0);
      expect(told).toContain('another machine');
    }
  });

  it('meets another password', async () => {
    whole();
    const other = new Map(proofs).set(keys[2]!.pubkey, proof('three', 'guessed'));
    const { found, told } = await opened(other);
    expect(found.size).toBe(0);
    expect(told).toContain('a password is another');
  });

  it('is not there', async () => {
    rmSync(path);
    const { found, told } = await opened();
    expect(found.size).toBe(0);
    expect(told).toBe('');
  });
});

describe('a cache', () => {
  it('gives the secrets back, from a file that is private and holds none of them bare', async () => {
    whole();
    const { found, told } = await opened();
    expect(found).toEqual(new Map(keys.map((key) => [key.pubkey, secretOf(key)])));
    expect(told).toBe('');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const key of keys) expect(good.includes(secretOf(key))).toBe(false);
  });

  it('leaves out a keystore that was changed or is gone, and drops it from the file', async () => {
    whole();
    const [one, two, three] = keys as [(typeof keys)[number], (typeof keys)[number], (typeof keys)[number]];
    const present = new Map([
      [one.pubkey, proof('one, edited', 'shared')],
      [two.pubkey, proofs.get(two.pubkey)!],
      [three.pubkey, proofs.get(three.pubkey)!],
    ]);
    const { found, cache } = await opened(present);
    expect([...found.keys()].sort()).toEqual([two.pubkey, three.pubkey].sort());
    await cache.close();
    expect(readFileSync(path).includes(Buffer.from(bytesOf(one.pubkey)))).toBe(false);
    expect((await opened(present)).found.size).toBe(2);
  });

  it('replaces a file that it refused', async () => {
    flipped(-1);
    const { cache } = await opened();
    for (const { pubkey, secretKey } of keys) cache.put(pubkey, proofs.get(pubkey)!, secretKey);
    await cache.close();
    expect((await opened()).found.size).toBe(3);
  });

  it.each(['asked for', 'under way'])('has no file with a forgotten key, be a save %s', async (save) => {
    whole();
    const { cache } = await opened();
    const [one] = keys;
    cache.put(one!.pubkey, proofs.get(one!.pubkey)!, one!.secretKey);
    const saving = cache.save();
    if (save === 'under way') await setImmediate();
    await cache.forget(one!.pubkey);
    expect(existsSync(path)).toBe(false);
    await saving;
    expect(existsSync(path)).toBe(false);
    await cache.close();
    expect(readFileSync(path).includes(Buffer.from(bytesOf(one!.pubkey)))).toBe(false);
  });

  it('that cannot be written is told of and stops nothing', async () => {
    const { cache, lines } = newCache(join(folder, 'missing', 'key-cache.sealed'));
    for await (const batch of cache.open(() => Promise.resolve(proofs))) expect(batch).toEqual([]);
    cache.put(keys[0]!.pubkey, proofs.get(keys[0]!.pubkey)!, keys[0]!.secretKey);
    await cache.close();
    expect(lines.join('')).toContain('KEY_FILE_UNWRITABLE');
  });
});
