import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { openSealed, sealSecret } from '../../../../signer/keystore/cipher.ts';
import { exposedFiles } from '../../../../signer/sources/exposed-files.ts';
import { inTurns } from '../../../../signer/sources/in-turns.ts';
import { definitionsOf } from '../../../../signer/sources/layouts/definitions-yaml.ts';
import { openSource } from '../../../../signer/sources/open-source.ts';
import type { SourceConfig } from '../../../../signer/sources/sources-file.ts';
import { CHEAP_KDF } from '../keystore/cheap-keystore.ts';
import { failureOf } from '../keystore/failure.ts';
import { folderFor, newKey, put } from './tool-folders.ts';

// The real ones, counted.
vi.mock('yaml', { spy: true });
vi.mock('../../../../signer/keystore/bls-keys.ts', { spy: true });
vi.mock('../../../../signer/keystore/cipher.ts', { spy: true });

/** By the clock the files of these tests are old: of a file that is new another change might not show. */
const AGE_MS = 60_000;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + AGE_MS });
});
afterEach(() => {
  vi.useRealTimers();
});

function start(config: SourceConfig, folder: string) {
  const here = new Set<Pubkey>();
  const source = openSource(config, { dataDir: folder, keyCache: false, log: createLogger('silent') });
  const reload = async () => {
    vi.clearAllMocks();
    const failed: string[] = [];
    const came: Pubkey[] = [];
    const options = { has: (pubkey: Pubkey) => here.has(pubkey), signal: new AbortController().signal };
    for await (const key of source.load(options)) {
      if ('error' in key) failed.push(key.error.code);
      else came.push(key.pubkey);
    }
    for (const pubkey of came) here.add(pubkey);
    const work = {
      parsed: vi.mocked(parseDocument).mock.calls.length,
      opened: vi.mocked(openSealed).mock.calls.length,
      derived: vi.mocked(pubkeyOf).mock.calls.length,
    };
    return { came: came.sort(), failed, work };
  };
  return { here, reload };
}

const NOTHING = { parsed: 0, opened: 0, derived: 0 };
const secretKeys = (count: number) => Array.from({ length: count }, generateSecretKey);
type Key = ReturnType<typeof generateSecretKey>;
const hexOf = (key: Key): string => key.toHex().replace(/^0x/, '');

describe('a raw file', () => {
  const at = (folder: string): SourceConfig => ({ type: 'raw-hex', file: join(folder, 'raw.txt') });

  it('whose keys are all here is not opened again, and tells of the same bad line', async () => {
    const folder = folderFor();
    const keys = secretKeys(3);
    const pubkeys = keys.map(pubkeyOf).sort();
    put(join(folder, 'raw.txt'), `${keys.map(hexOf).join('\n')}\nbad\n`);
    const { here, reload } = start(at(folder), folder);
    expect(await reload()).toEqual({
      came: pubkeys,
      failed: ['KEY_SOURCE_ANSWER'],
      work: { ...NOTHING, derived: 3 },
    });
    for (let again = 0; again < 3; again += 1)
      expect(await reload()).toEqual({ came: [], failed: ['KEY_SOURCE_ANSWER'], work: NOTHING });
    here.delete(pubkeys[0]!);
    expect((await reload()).came).toEqual([pubkeys[0]]);
  });

  it('is seen when it changed, be its size and its time what they were', async () => {
    const folder = folderFor();
    const [one, other, third] = secretKeys(3) as [Key, Key, Key];
    put(join(folder, 'raw.txt'), hexOf(one));
    const { reload } = start(at(folder), folder);
    expect((await reload()).came).toEqual([pubkeyOf(one)]);
    put(join(folder, 'next.txt'), hexOf(other));
    renameSync(join(folder, 'next.txt'), join(folder, 'raw.txt'));
    expect((await reload()).came).toEqual([pubkeyOf(other)]);
    put(join(folder, 'raw.txt'), hexOf(third));
    expect((await reload()).came).toEqual([pubkeyOf(third)]);
    rmSync(join(folder, 'raw.txt'));
    expect((await failureOf(reload)).code).toBe('KEY_FILE_MISSING');
  });

  it('is read again as long as it is so new that a change would not show', async () => {
    const folder = folderFor();
    vi.setSystemTime(Date.now() - AGE_MS);
    put(join(folder, 'raw.txt'), hexOf(generateSecretKey()));
    const { reload } = start(at(folder), folder);
    await reload();
    expect((await reload()).work.derived).toBe(1);
  });
});

describe('a wallet of Prysm', () => {
  async function wallet(folder: string, keys: readonly Key[]): Promise<void> {
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
    const lists = {
      private_keys: keys.map((key) => base64(key.toBytes())),
      public_keys: keys.map((key) => base64(key.toPublicKey().toBytes())),
    };
    const crypto = await sealSecret(Buffer.from(JSON.stringify(lists)), 'wallet', CHEAP_KDF);
    put(
      join(folder, 'direct', 'accounts', 'all-accounts.keystore.json'),
      JSON.stringify({ crypto, uuid: randomUUID(), version: 4, name: 'keystore' }),
    );
  }

  it('is opened again only when it, its password or what is here has changed', async () => {
    const folder = folderFor();
    const keys = secretKeys(3);
    await wallet(folder, keys);
    const password = join(folder, 'password.txt');
    put(password, 'wrong');
    const { here, reload } = start({ 'type': 'prysm', 'path': folder, 'password-file': password }, folder);
    for (const opened of [1, 0]) {
      expect((await failureOf(reload)).code).toBe('KEYSTORE_WRONG_PASSWORD');
      expect(vi.mocked(openSealed)).toHaveBeenCalledTimes(opened);
    }
    put(password, 'wallet');
    expect((await reload()).came).toEqual(keys.map(pubkeyOf).sort());
    expect(await reload()).toEqual({ came: [], failed: [], work: NOTHING });
    here.delete(pubkeyOf(keys[1]!));
    expect((await reload()).came).toEqual([pubkeyOf(keys[1]!)]);
    const more = secretKeys(1);
    await wallet(folder, [...keys, ...more]);
    expect((await reload()).came).toEqual(more.map(pubkeyOf));
  });
});

describe('the definitions of Lighthouse', () => {
  const define = (pubkey: string, password = ''): string =>
    `- enabled: true\n  voting_public_key: "${pubkey}"\n  type: local_keystore\n${password}`;

  it('are parsed once as long as the file is the same, also for who asks how exposed they are', async () => {
    const folder = folderFor();
    const keys = await Promise.all(['pw', 'pw', 'pw'].map(newKey));
    const validators = join(folder, 'validators');
    const file = join(validators, 'validator_definitions.yml');
    for (const { pubkey, text } of keys) {
      put(join(validators, pubkey, 'voting-keystore.json'), text);
      put(join(folder, 'secrets', pubkey), 'pw', 0o600);
    }
    const pubkeys = keys.map(({ pubkey }) => pubkey);
    put(file, `---\n${define(pubkeys[0]!)}${define(pubkeys[1]!)}`);
    put(join(validators, pubkeys[1]!, 'voting-keystore.json'), '{"cut');
    const config: SourceConfig = { type: 'lighthouse', path: validators };
    const { here, reload } = start(config, folder);
    const first = await reload();
    expect([first.came, first.failed, first.work.parsed]).toEqual([[pubkeys[0]], ['KEYSTORE_INVALID'], 1]);
    expect(await reload()).toEqual({ came: [], failed: ['KEYSTORE_INVALID'], work: NOTHING });
    await exposedFiles([config]);
    expect(vi.mocked(parseDocument)).not.toHaveBeenCalled();
    put(join(validators, pubkeys[1]!, 'voting-keystore.json'), keys[1]!.text);
    expect((await reload()).came).toEqual([pubkeys[1]]);
    here.delete(pubkeys[0]!);
    expect((await reload()).came).toEqual([pubkeys[0]]);
    put(file, `---\n${pubkeys.map((pubkey) => define(pubkey)).join('')}`);
    const last = await reload();
    expect([last.came, last.work.parsed]).toEqual([[pubkeys[2]], 1]);
  });

  it('are not kept when there is a password in them', async () => {
    const folder = folderFor();
    const { pubkey, text } = await newKey('pw');
    put(join(folder, 'v', pubkey, 'voting-keystore.json'), text);
    put(join(folder, 'v', 'validator_definitions.yml'), define(pubkey, '  voting_keystore_password: pw\n'));
    const { reload } = start({ type: 'lighthouse', path: join(folder, 'v') }, folder);
    expect((await reload()).came).toEqual([pubkey]);
    expect((await reload()).work.parsed).toBe(1);
  });

  it('are parsed in small pieces', async () => {
    vi.clearAllMocks();
    const text = `---\n${Array.from({ length: 1000 }, (_, at) => `- n: "${at}"\n  graffiti: ~\n`).join('')}`;
    expect(await definitionsOf(text)).toEqual(
      Array.from({ length: 1000 }, (_, at) => ({ n: String(at), graffiti: null })),
    );
    const lengths = vi.mocked(parseDocument).mock.calls.map(([piece]) => piece.length);
    expect(Math.max(...lengths)).toBeLessThan(text.length / 50);
  });

  it.each([
    [
      '- a: |\n    x\n    - y\n# note\n\n- b: "- z"\r\n  c: null\r\n',
      [{ a: 'x\n- y\n' }, { b: '- z', c: null }],
    ],
    ['- {a: x}\n-\n  b: y\n', [{ a: 'x' }, { b: 'y' }]],
    ['  - a: x\n  - b: y\n', [{ a: 'x' }, { b: 'y' }]],
    ['[{a: x},\n{b: y}]', [{ a: 'x' }, { b: 'y' }]],
    ['- a: [x,\n   y]\n- b: "u\n   - v"\n', [{ a: ['x', 'y'] }, { b: 'u - v' }]],
    ['- a: x\n...\n', [{ a: 'x' }]],
    ['a: x\n', { a: 'x' }],
  ])('are what the whole file says, however it is written: %j', async (text, value) => {
    expect(await definitionsOf(text)).toEqual(value);
  });

  it.each(['- a: &x y\n- b: *x\n', '- a: "x\n- b: y\n', '- a: x\nb: y\n', '- a: x\n---\n- b: y\n'])(
    'are none when the whole file is none: %j',
    async (text) => {
      await expect(definitionsOf(text)).rejects.toThrow();
    },
  );
});

it('long work lets others have their turn', async () => {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const seen: number[] = [];
  for await (const one of inTurns([1, 2, 3, 4])) {
    seen[one] = turns;
    for (const start = performance.now(); performance.now() - start < 6;);
  }
  clearImmediate(immediate);
  expect(new Set(Object.values(seen)).size).toBe(4);
});
