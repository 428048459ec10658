import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { passwordDigest } from '../../../../signer/keystore/cache/cache-lock.ts';
import { cachePlace } from '../../../../signer/keystore/cache/cache-place.ts';
import { withoutOddPasswords } from '../../../../signer/keystore/cache/odd-passwords.ts';
import { SealedCache } from '../../../../signer/keystore/cache/sealed-cache.ts';
import type { KeystoreProof, ProvenRecord } from '../../../../signer/keystore/cache/unlock-cache.ts';

// Each save and each try takes a real scrypt.
vi.setConfig({ testTimeout: 240_000 });

const proofOf = (password: string): KeystoreProof => ({
  keystore: Buffer.alloc(32),
  password: passwordDigest(password),
});

describe('the passwords that are tried', () => {
  const NAMES = new Map(['a', 'b', 'c', 'x', 'y'].map((name) => [passwordDigest(name).toString(), name]));
  /** In words, such as `aab`. */
  const triedOf = (passwords: string): string[] =>
    withoutOddPasswords(
      (passwords.match(/./g) ?? []).map(
        (password) => ({ proof: proofOf(password) }) as unknown as ProvenRecord,
      ),
    ).map((records) => records.map(({ proof }) => NAMES.get(proof.password.toString()) ?? '?').join(''));

  it.each([
    // One among many alike, also when several were damaged in the same way.
    ['aaax', ['aaa']],
    ['aaaaxxy', ['aaaaxx', 'aaaa']],
    // Beside others that are rare and right.
    ['aaaaaaaabx', ['aaaaaaaa', 'aaaaaaaax', 'aaaaaaaab']],
    ['aaaaaaaabbbx', ['aaaaaaaabbb', 'aaaaaaaa']],
    // No more of them than half of what they may save.
    ['aabc', ['aa']],
    ['abcxy', []],
    ['aaaa', []],
  ])('of keystores under %s are %j', (passwords, tried) => {
    expect(triedOf(passwords)).toEqual(tried);
  });
});

it('one damaged password among many alike costs no other keystore its place in the cache', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-odd-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  const place = cachePlace(folder, 'a'.repeat(64));
  const newCache = () =>
    new SealedCache({ path: join(folder, 'key-cache.sealed'), place, log, restMs: 1_000_000 });
  const keys = Array.from({ length: 4 }, () => {
    const secretKey = generateSecretKey();
    return {
      secretKey,
      pubkey: pubkeyOf(secretKey),
      proof: { ...proofOf('all'), keystore: randomBytes(32) },
    };
  });
  const first = newCache();
  expect((await first.open(() => Promise.resolve(new Map())).next()).done).toBe(true);
  for (const { pubkey, proof, secretKey } of keys) first.put(pubkey, proof, secretKey);
  await first.close();

  const present = new Map<Pubkey, KeystoreProof>(keys.map(({ pubkey, proof }) => [pubkey, proof]));
  const [damaged] = keys as [(typeof keys)[number]];
  present.set(damaged.pubkey, { ...damaged.proof, password: passwordDigest('al') });
  const found = async (cache: SealedCache): Promise<Pubkey[]> => {
    const pubkeys: Pubkey[] = [];
    for await (const batch of cache.open(() => Promise.resolve(present)))
      pubkeys.push(...batch.map(({ pubkey }) => pubkey));
    await cache.close();
    return pubkeys.sort();
  };
  // Never the one whose password proves nothing, now or later.
  const others = keys
    .slice(1)
    .map(({ pubkey }) => pubkey)
    .sort();
  expect(await found(newCache())).toEqual(others);
  expect(await found(newCache())).toEqual(others);
  expect(lines).toEqual([]);
});
