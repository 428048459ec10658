import fc from 'fast-check';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { UINT64_MAX } from '../../../../core/uint64.ts';
import { pubkeyFromBytes } from '../../../../core/units.ts';
import { KeySettingsStore, NO_KEY_SETTINGS, type KeySettings } from '../../../../signer/keys/key-settings.ts';
import { failureOf } from '../keystore/failure.ts';

const KEY = pubkeyFromBytes(new Uint8Array(48).fill(0xa1));
const OTHER = pubkeyFromBytes(new Uint8Array(48).fill(0xb2));
const ADDRESS = `0x${'c3'.repeat(20)}`;

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vigil-settings-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const pathOf = (dataDir: string, pubkey: string): string => join(dataDir, 'key-settings', `${pubkey}.json`);

async function stored(settings: Partial<KeySettings>) {
  const dataDir = temporaryDirectory();
  const store = new KeySettingsStore(dataDir);
  await store.load();
  await store.set(KEY, settings);
  return { dataDir, store };
}

async function reopened(dataDir: string): Promise<KeySettingsStore> {
  const store = new KeySettingsStore(dataDir);
  await store.load();
  return store;
}

describe('a settings file that cannot be trusted stops the start', () => {
  const good = `{"fee_recipient":"${ADDRESS}","gas_limit":"30000000","graffiti":null}`;
  it.each([
    ['nothing', ''],
    ['half of it', good.slice(0, 40)],
    ['not JSON', 'fee_recipient: 0x'],
    ['text behind it', `${good} x`],
    ['an array', '[]'],
    ['no members', '{}'],
    ['a member missing', `{"fee_recipient":"${ADDRESS}","gas_limit":null}`],
    ['a member too many', good.replace('{', '{"feeRecipient":null,')],
    ['a member twice', good.replace('{', '{"gas_limit":null,')],
    ['a short address', good.replace('c3"', '"')],
    ['an address that is no hex', good.replace('c3"', 'zz"')],
    ['the zero address', good.replaceAll('c3', '00')],
    ['a gas limit as number', good.replace('"30000000"', '30000000')],
    ['a gas limit in hex', good.replace('"30000000"', '"0x30"')],
    ['a negative gas limit', good.replace('"30000000"', '"-1"')],
    ['gas limit 0', good.replace('"30000000"', '"0"')],
    ['a gas limit that is too large', good.replace('"30000000"', '"18446744073709551616"')],
    ['a graffiti that is no text', good.replace('"graffiti":null', '"graffiti":7')],
  ])('%s', async (_name, text) => {
    const { dataDir } = await stored({ gasLimit: 1n });
    await writeFile(pathOf(dataDir, KEY), good);
    expect((await reopened(dataDir)).of(KEY).gasLimit).toBe(30_000_000n);
    await writeFile(pathOf(dataDir, KEY), text);
    const error = await failureOf(() => reopened(dataDir));
    expect(error.code).toBe('KEY_SETTINGS_INVALID');
    expect(error.exitCode).toBe(3);
    expect(error.message).toContain(pathOf(dataDir, KEY));
  });

  it('one that others may write', async () => {
    const { dataDir } = await stored({ gasLimit: 1n });
    chmodSync(pathOf(dataDir, KEY), 0o620);
    expect((await failureOf(() => reopened(dataDir))).code).toBe('KEY_FILE_EXPOSED');
  });
});

describe('settings', () => {
  it('are none before anything was set, and leave no file when all are unset', async () => {
    const { dataDir, store } = await stored({ gasLimit: 7n });
    expect(store.of(OTHER)).toEqual(NO_KEY_SETTINGS);
    await store.set(KEY, { gasLimit: null });
    expect(store.of(KEY)).toEqual(NO_KEY_SETTINGS);
    expect(existsSync(pathOf(dataDir, KEY))).toBe(false);
  });

  it('are in a file that only its owner reads', async () => {
    const { dataDir } = await stored({ gasLimit: 7n });
    expect(statSync(pathOf(dataDir, KEY)).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'key-settings')).mode & 0o777).toBe(0o700);
  });

  it('of one key are removed with it, those of others stay', async () => {
    const { dataDir, store } = await stored({ gasLimit: 7n });
    await store.set(OTHER, { gasLimit: 8n });
    await store.remove(KEY);
    await store.remove(KEY);
    expect(store.of(KEY)).toEqual(NO_KEY_SETTINGS);
    expect(readdirSync(join(dataDir, 'key-settings'))).toEqual([`${OTHER}.json`]);
    expect((await reopened(dataDir)).of(OTHER).gasLimit).toBe(8n);
  });

  it('that cannot be written stay as they were', async () => {
    const dataDir = temporaryDirectory();
    const store = await reopened(dataDir);
    // A file where the folder should be: no permission bit stops root.
    await writeFile(join(dataDir, 'key-settings'), '');
    expect((await failureOf(() => store.set(KEY, { gasLimit: 8n }))).code).toBe('KEY_FILE_UNWRITABLE');
    expect(store.of(KEY)).toEqual(NO_KEY_SETTINGS);
  });

  it('lose none of two changes made at once', async () => {
    const { dataDir, store } = await stored({});
    await Promise.all([store.set(KEY, { gasLimit: 9n }), store.set(KEY, { feeRecipient: ADDRESS })]);
    const both = { feeRecipient: ADDRESS, gasLimit: 9n, graffiti: null };
    expect(store.of(KEY)).toEqual(both);
    expect((await reopened(dataDir)).of(KEY)).toEqual(both);
  });

  it('pass over other files and sweep up after a write that was cut short', async () => {
    const { dataDir } = await stored({ gasLimit: 7n });
    const folder = join(dataDir, 'key-settings');
    const leftover = `.${KEY}.json.0123456789abcdef.tmp`;
    await writeFile(join(folder, leftover), '{"fee');
    await writeFile(join(folder, 'notes.txt'), 'mine');
    expect((await reopened(dataDir)).of(KEY).gasLimit).toBe(7n);
    expect(readdirSync(folder).sort()).toEqual([`${KEY}.json`, 'notes.txt']);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('are the same after a restart, whatever they are', async () => {
    const address = fc
      .uint8Array({ minLength: 20, maxLength: 20 })
      .filter((bytes) => bytes.some((byte) => byte > 0))
      .map(toHex);
    const settings = fc.record({
      feeRecipient: fc.option(address),
      gasLimit: fc.option(fc.bigInt({ min: 1n, max: UINT64_MAX })),
      graffiti: fc.option(fc.string({ unit: 'binary', maxLength: 32 })),
    });
    await fc.assert(
      fc.asyncProperty(settings, async (wanted) => {
        const { dataDir, store } = await stored(wanted);
        expect(store.of(KEY)).toEqual(wanted);
        expect((await reopened(dataDir)).of(KEY)).toEqual(wanted);
      }),
      { numRuns: 30 },
    );
  });
});
