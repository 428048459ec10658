import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Pubkey } from '../../../../core/units.ts';
import { keyError } from '../../../../signer/key-errors.ts';
import { joinProgress } from '../../../../signer/keys/load-progress.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { derivationRoom } from '../../../../signer/keystore/derivation-room.ts';
import { directorySource } from '../../../../signer/sources/directory-source.ts';
import { KeptSource } from '../../../../signer/sources/kept-source.ts';
import type { KeySource, SourceKey, SourceLoad } from '../../../../signer/sources/key-source.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

type Pass = (options: SourceLoad) => AsyncGenerator<SourceKey, void, undefined>;

/** What the keeper of one source says, while each pass of the source goes on when it is told to. */
function kept(...passes: Pass[]) {
  const logged: Record<string, unknown>[] = [];
  const write = (line: Record<string, unknown>, message: string) => void logged.push({ ...line, message });
  const log = { info: write, warn: write, error: write } as never;
  const here = new Set<Pubkey>();
  const dead = new Set<Pubkey>();
  const progress: number[][] = [];
  const source: KeySource = {
    name: 'teku /somewhere',
    load: (options) => passes.shift()!(options),
  };
  const one = new KeptSource('teku 1', source, {
    has: (pubkey) => here.has(pubkey),
    isDeleted: (pubkey) => dead.has(pubkey),
    adopt: (pubkey) => {
      here.add(pubkey);
      return Promise.resolve('active');
    },
    onDeleted: () => undefined,
    onProgress: (...counts) => progress.push(counts),
    log,
  });
  return { one, logged, progress, here, dead };
}

const good = (): SourceKey => {
  const secretKey = generateSecretKey();
  return { label: 'k', pubkey: pubkeyOf(secretKey), secretKey };
};
const bad = (label: string, message = 'it does not open'): SourceKey => ({
  label,
  error: keyError('KEYSTORE_WRONG_PASSWORD', message),
});

describe('a source that is being opened', () => {
  it('is not well before its last key is through, and says what it has, wants and lost meanwhile', async () => {
    const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const { one, progress, logged } = kept(async function* ({ onProgress }) {
      onProgress?.(0, 3, 0);
      await gates[0]!.promise;
      onProgress?.(1, 3, 1);
      yield good();
      await gates[1]!.promise;
      onProgress?.(2, 3, 2);
      yield bad('b');
      await gates[2]!.promise;
      onProgress?.(3, 3, 3);
      yield good();
    });
    expect(one.check.status).toBe('DOWN');
    const loading = one.load();
    const data = () => one.check.data;
    await expect.poll(data).toEqual({ 'keys-loaded': 0, 'error-count': 0, 'keys-loading': 3 });
    gates[0]!.resolve();
    await expect.poll(data).toEqual({ 'keys-loaded': 1, 'error-count': 0, 'keys-loading': 2 });
    gates[1]!.resolve();
    await expect.poll(data).toEqual({ 'keys-loaded': 1, 'error-count': 1, 'keys-loading': 1 });
    // Told of when it is met, not when all others are through.
    expect(logged).toContainEqual(expect.objectContaining({ key: 'b' }));
    gates[2]!.resolve();
    await loading;
    expect(one.check).toMatchObject({ status: 'DOWN', data: { 'keys-loaded': 2, 'error-count': 1 } });
    expect(data()).not.toHaveProperty('keys-loading');
    expect(progress).toEqual([
      [0, 3, 0],
      [1, 3, 1],
      [2, 3, 2],
      [3, 3, 3],
    ]);
    expect(logged.at(-1)).toMatchObject({
      message: 'keys of a source are loaded',
      source: 'teku /somewhere',
      loaded: 2,
      failed: 1,
    });
    await one.stop();
  });

  it('stays well while it is asked again, and says no more of progress', async () => {
    const gate = Promise.withResolvers<void>();
    const { one, progress } = kept(
      async function* () {
        yield await Promise.resolve(good());
      },
      async function* ({ onProgress }) {
        onProgress?.(0, 1, 0);
        await gate.promise;
        yield good();
      },
    );
    await one.load();
    expect(one.check.status).toBe('UP');
    const again = one.load();
    await expect.poll(() => one.check.data?.['keys-loading']).toBe(1);
    expect(one.check.status).toBe('UP');
    gate.resolve();
    await again;
    expect(one.check.data).toEqual({ 'keys-loaded': 2, 'error-count': 0 });
    expect(progress).toEqual([]);
    await one.stop();
  });
});

it('the progress of several is told as that of one', () => {
  const told: number[][] = [];
  const part = joinProgress((...counts) => told.push(counts));
  const [one, other] = [part(), part()];
  one(0, 0, 0);
  one(0, 4, 0);
  other(1, 6, 1);
  one(4, 4, 2);
  expect(told).toEqual([
    [0, 4, 0],
    [1, 10, 1],
    [5, 10, 3],
  ]);
});

describe('what fails', () => {
  it('is told of once for each reason, without a stack, and so is that it is over', async () => {
    const failing = (message: string): Pass =>
      // eslint-disable-next-line require-yield -- it gives nothing
      async function* () {
        await Promise.resolve();
        throw keyError('KEY_FILE_UNREADABLE', message);
      };
    const with1 = (message: string): Pass =>
      async function* () {
        yield await Promise.resolve(bad('b', message));
      };
    const { one, logged } = kept(
      ...[failing('away'), failing('away'), failing('shut')],
      ...[with1('wrong'), with1('wrong'), with1('cut off')],
    );
    for (let pass = 0; pass < 6; pass += 1) await one.load();
    const told = logged.map(({ reason, message }) => reason ?? message);
    expect(told).toEqual([
      ...['away', 'shut', 'wrong', 'a key source answers again'],
      ...['keys of a source are loaded', 'cut off'],
    ]);
    expect(logged.some((line) => 'err' in line)).toBe(false);
    // Health is read by strangers: neither place nor message is in it.
    expect(JSON.stringify(one.check)).not.toContain('somewhere');
    expect(one.check).toMatchObject({ id: 'teku 1', status: 'DOWN', data: { 'error-count': 1 } });
    await one.stop();
  });
});

it('a key that was deleted here is told of once, however often the source has it', async () => {
  const deleted = good();
  const has: Pass = async function* ({ has }) {
    if (!('secretKey' in deleted) || has(deleted.pubkey) || has(deleted.pubkey)) return;
    yield await Promise.resolve(deleted);
  };
  const { one, logged, dead } = kept(has, has, has);
  if (deleted.pubkey !== undefined) dead.add(deleted.pubkey);
  for (let pass = 0; pass < 3; pass += 1) await one.load();
  expect(logged.filter(({ code }) => code === 'KEY_DELETED')).toHaveLength(1);
  await one.stop();
});

it('a keystore that did not open is opened again only when its files are others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-shut-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { pubkey, keystore } = await cheapKeystore('right');
  const paths = { keystorePath: join(folder, 'k.json'), password: { path: join(folder, 'k.txt') } };
  writeFileSync(paths.keystorePath, JSON.stringify(keystore));
  writeFileSync(paths.password.path, 'wrong');
  const source = directorySource('teku x', () => Promise.resolve([{ ...paths, pubkey }]), null);
  const derived = vi.spyOn(derivationRoom, 'take');
  onTestFinished(() => derived.mockRestore());
  const codes = async (): Promise<(string | null)[]> => {
    const found: (string | null)[] = [];
    const { signal } = new AbortController();
    for await (const key of source.load({ has: () => false, signal })) {
      found.push('error' in key ? key.error.code : null);
    }
    return found;
  };
  expect(await codes()).toEqual(['KEYSTORE_WRONG_PASSWORD']);
  expect(await codes()).toEqual(['KEYSTORE_WRONG_PASSWORD']);
  expect(derived).toHaveBeenCalledTimes(1);
  writeFileSync(paths.password.path, 'right');
  expect(await codes()).toEqual([null]);
});
