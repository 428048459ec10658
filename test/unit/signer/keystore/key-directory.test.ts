import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { parseKeystore } from '../../../../signer/keystore/eip2335.ts';
import { KeyDirectory, type LoadedKey, type LoadOptions } from '../../../../signer/keystore/key-directory.ts';
import { cheapKeystore } from './cheap-keystore.ts';

let data: string;
let directory: KeyDirectory;
const keystorePath = (pubkey: Pubkey) => join(data, 'keys', `${pubkey}.json`);
const passwordPath = (pubkey: Pubkey) => join(data, 'secrets', pubkey);
const permissions = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

beforeEach(async () => {
  data = join(await mkdtemp(join(tmpdir(), 'vigil-keys-')), 'data');
  directory = new KeyDirectory(data);
});
afterEach(() => rm(join(data, '..'), { recursive: true }));

async function added(password = 'pässword') {
  const made = await cheapKeystore(password);
  expect(await directory.add(made.keystore, password, made.pubkey)).toBe('added');
  return made;
}

async function load(pubkeys: Iterable<Pubkey>, options?: LoadOptions): Promise<Map<Pubkey, LoadedKey>> {
  const loaded: LoadedKey[] = [];
  for await (const one of directory.load(pubkeys, options)) loaded.push(one);
  expect(new Set(loaded.map(({ pubkey }) => pubkey)).size).toBe(loaded.length);
  return new Map(loaded.map((one) => [one.pubkey, one]));
}

const codeOf = (loaded: LoadedKey | undefined) =>
  loaded !== undefined && 'error' in loaded ? loaded.error.code : 'loaded';

async function expectCode(pubkey: Pubkey, code: string) {
  expect(codeOf((await load([pubkey])).get(pubkey))).toBe(code);
}

describe('a key that does not load', () => {
  it.each([0o604, 0o640, 0o620, 0o644, 0o601])('because its password has mode %o', async (mode) => {
    const { pubkey } = await added();
    await chmod(passwordPath(pubkey), mode);
    await expectCode(pubkey, 'KEY_FILE_EXPOSED');
    const loaded = (await load([pubkey])).get(pubkey)!;
    expect('error' in loaded && loaded.error.hint).toContain('chmod 600');
    expect('error' in loaded && loaded.error.message).toContain(passwordPath(pubkey));
  });

  it('because its keystore is open to others', async () => {
    const { pubkey } = await added();
    await chmod(keystorePath(pubkey), 0o644);
    await expectCode(pubkey, 'KEY_FILE_EXPOSED');
  });

  it('because its password is missing', async () => {
    const { pubkey } = await added();
    await rm(passwordPath(pubkey));
    await expectCode(pubkey, 'KEY_PASSWORD_MISSING');
  });

  it('because its keystore is missing', async () => {
    const { pubkey } = await added();
    await rm(keystorePath(pubkey));
    await expectCode(pubkey, 'KEY_FILE_MISSING');
  });

  it('because its password is wrong, is not text, or is a folder', async () => {
    const { pubkey } = await added();
    await writeFile(passwordPath(pubkey), 'other');
    await expectCode(pubkey, 'KEYSTORE_WRONG_PASSWORD');
    await writeFile(passwordPath(pubkey), Uint8Array.of(0xff));
    await expectCode(pubkey, 'KEYSTORE_BAD_PASSWORD');
    await rm(passwordPath(pubkey));
    await mkdir(passwordPath(pubkey), 0o700);
    await expectCode(pubkey, 'KEY_FILE_UNREADABLE');
  });

  it('because its keystore is too large', async () => {
    const { pubkey } = await added();
    await writeFile(keystorePath(pubkey), ' '.repeat(1024 * 1024 + 1));
    await expectCode(pubkey, 'KEY_FILE_TOO_LARGE');
  });

  it.each(['', '{', '{}', 'null', '"x"', '"{}"'])('because its keystore is %j', async (text) => {
    const { pubkey } = await added();
    await writeFile(keystorePath(pubkey), text);
    await expectCode(pubkey, 'KEYSTORE_INVALID');
  });

  it('because its keystore is a JSON string of a keystore', async () => {
    const { pubkey } = await added();
    await writeFile(keystorePath(pubkey), JSON.stringify(await readFile(keystorePath(pubkey), 'utf8')));
    await expectCode(pubkey, 'KEYSTORE_INVALID');
  });

  it('because its file was cut anywhere', async () => {
    const { pubkey } = await added();
    const whole = await readFile(keystorePath(pubkey));
    for (let length = 0; length < whole.length - 2; length += 97) {
      await writeFile(keystorePath(pubkey), whole.subarray(0, length));
      await expectCode(pubkey, 'KEYSTORE_INVALID');
    }
  });

  it('because the file has the name of another key, whether or not the keystore names one', async () => {
    const password = 'pw';
    const [mine, other] = [await cheapKeystore(password), await cheapKeystore(password)];
    await directory.add({ ...mine.keystore, pubkey: undefined }, password, other.pubkey);
    await expectCode(other.pubkey, 'KEYSTORE_PUBKEY_MISMATCH');
    await directory.remove(other.pubkey);
    await directory.add(mine.keystore, password, other.pubkey);
    await expectCode(other.pubkey, 'KEYSTORE_PUBKEY_MISMATCH');
  });

  it('never stops the others', async () => {
    const keys = [await added('a'), await added('b'), await added('c'), await added('d')];
    const broken = keys[1]!.pubkey;
    await writeFile(keystorePath(broken), '{"version":4');
    const loaded = await load(keys.map(({ pubkey }) => pubkey));
    expect(loaded.size).toBe(4);
    for (const { pubkey, secretKey } of keys) {
      const one = loaded.get(pubkey)!;
      if (pubkey === broken) expect(codeOf(one)).toBe('KEYSTORE_INVALID');
      else expect('secretKey' in one && toHex(one.secretKey.toBytes())).toBe(toHex(secretKey.toBytes()));
    }
  });

  it('has an error without password or file content', async () => {
    const { pubkey, keystore } = await added('the-password');
    await writeFile(passwordPath(pubkey), 'another-password');
    const loaded = (await load([pubkey])).get(pubkey)!;
    const text = 'error' in loaded ? `${loaded.error.message} ${loaded.error.stack ?? ''}` : '';
    expect(text).toContain('KeyDirectory');
    for (const secret of ['the-password', 'another-password', keystore.crypto.cipher.message]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('add', () => {
  it('makes private folders and private files, whatever the umask', async () => {
    const umask = process.umask(0);
    try {
      const { pubkey } = await added();
      for (const folder of [data, join(data, 'keys'), join(data, 'secrets')]) {
        expect(await permissions(folder)).toBe('700');
      }
      expect(await permissions(keystorePath(pubkey))).toBe('600');
      expect(await permissions(passwordPath(pubkey))).toBe('600');
      expect(await readdir(join(data, 'keys'))).toEqual([`${pubkey}.json`]);
      expect(await readdir(join(data, 'secrets'))).toEqual([pubkey]);
    } finally {
      process.umask(umask);
    }
  });

  it('stores the keystore as it was imported, unknown fields and all', async () => {
    const { keystore, pubkey } = await cheapKeystore('pw');
    const imported = { ...keystore, name: 'from another tool', nested: { a: [1] } };
    await directory.add(parseKeystore(JSON.stringify(imported), 'file'), 'pw', pubkey);
    expect(JSON.parse(await readFile(keystorePath(pubkey), 'utf8'))).toEqual(imported);
  });

  it('leaves a key alone that is there already', async () => {
    const { keystore, pubkey } = await added('first');
    expect(await directory.add({ ...keystore, path: 'm/1' }, 'second', pubkey)).toBe('exists');
    await expectCode(pubkey, 'loaded');
  });

  it('of one key twice at once stores one pair that fits', async () => {
    const { keystore, pubkey } = await cheapKeystore('a');
    const results = await Promise.all([
      directory.add(keystore, 'a', pubkey),
      directory.add(keystore, 'not the password', pubkey),
    ]);
    expect(results).toEqual(['added', 'exists']);
    await expectCode(pubkey, 'loaded');
  });

  it('that cannot write the password leaves no keystore', async () => {
    const { keystore, pubkey } = await cheapKeystore('pw');
    await mkdir(data);
    await writeFile(join(data, 'secrets'), 'a file where the folder should be');
    await expect(directory.add(keystore, 'pw', pubkey)).rejects.toMatchObject({
      code: 'KEY_FILE_UNWRITABLE',
    });
    expect(await directory.list()).toEqual([]);
  });

  it('that cannot write the keystore leaves a password without use, and can be repeated', async () => {
    const { keystore, pubkey } = await cheapKeystore('pw');
    const unwritable = { ...keystore, description: 'x'.repeat(1024 * 1024) };
    await expect(directory.add(unwritable, 'other', pubkey)).rejects.toMatchObject({
      code: 'KEY_FILE_TOO_LARGE',
    });
    expect(await readdir(join(data, 'secrets'))).toEqual([pubkey]);
    expect(await directory.list()).toEqual([]);
    expect(await directory.add(keystore, 'pw', pubkey)).toBe('added');
    await expectCode(pubkey, 'loaded');
  });

  it('refuses a password that could not be read again', async () => {
    const { keystore, pubkey } = await cheapKeystore('pw');
    await expect(directory.add(keystore, 'x'.repeat(1024 * 1024 + 1), pubkey)).rejects.toMatchObject({
      code: 'KEY_FILE_TOO_LARGE',
    });
    expect(await directory.list()).toEqual([]);
  });

  it.each(['', ' ', 'x\n', '\ufeffx', '𝔱🔑', '\ud800'])('keeps the password %j', async (password) => {
    const { pubkey } = await added(password);
    await expectCode(pubkey, 'loaded');
  });
});

describe('remove', () => {
  it('takes keystore and password away, and is harmless when repeated', async () => {
    const [gone, stays] = [await added(), await added()];
    await directory.remove(gone.pubkey);
    await directory.remove(gone.pubkey);
    expect(await directory.list()).toEqual([stays.pubkey]);
    expect(await readdir(join(data, 'secrets'))).toEqual([stays.pubkey]);
  });

  it('finishes what was cut short', async () => {
    const { pubkey } = await added();
    await rm(keystorePath(pubkey));
    await directory.remove(pubkey);
    expect(await readdir(join(data, 'secrets'))).toEqual([]);
  });

  it('before anything was ever stored is harmless', async () => {
    const { pubkey } = await cheapKeystore('pw');
    await directory.remove(pubkey);
    expect(await directory.list()).toEqual([]);
  });

  it('keeps the password while the keystore could come back', async () => {
    const { pubkey } = await added();
    await rename(join(data, 'keys'), join(data, 'elsewhere'));
    await writeFile(join(data, 'keys'), 'a file where the folder should be');
    await expect(directory.remove(pubkey)).rejects.toMatchObject({ code: 'KEY_FILE_UNWRITABLE' });
    expect(await readdir(join(data, 'secrets'))).toEqual([pubkey]);
  });

  it('makes room for another keystore of the same key', async () => {
    const { keystore, pubkey } = await added();
    await directory.remove(pubkey);
    expect(await directory.add(keystore, 'pässword', pubkey)).toBe('added');
    await expectCode(pubkey, 'loaded');
  });
});

describe('list', () => {
  it('passes over everything that is not a finished keystore', async () => {
    const { pubkey } = await added();
    const leftover = `.${pubkey.replaceAll('0', '1')}.json.0123456789abcdef.tmp`;
    for (const name of [
      leftover,
      '.hidden',
      'keystore-m_12381.json',
      `${pubkey}.json~`,
      `${pubkey}.JSON`,
      pubkey,
      `${pubkey.toUpperCase()}.json`,
      `${pubkey}00.json`,
    ]) {
      await writeFile(join(data, 'keys', name), '{}', { mode: 0o600 });
    }
    expect(await directory.list()).toEqual([pubkey]);
    expect(await directory.sweepLeftovers()).toBe(1);
    expect(await readdir(join(data, 'keys'))).not.toContain(leftover);
    await expectCode(pubkey, 'loaded');
  });

  it('is sorted', async () => {
    const keys = [await added(), await added(), await added()];
    expect(await directory.list()).toEqual(keys.map(({ pubkey }) => pubkey).sort());
  });

  it('fails when the folder cannot be read, rather than seem empty', async () => {
    await mkdir(data);
    await writeFile(join(data, 'keys'), '');
    await expect(directory.list()).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' });
  });
});

describe('load', () => {
  it.each([1, 2, 16])('gives every key once, %i at a time, and counts', async (concurrency) => {
    const keys = [await added(), await added(), await added(), await added(), await added()];
    const pubkeys = keys.map(({ pubkey }) => pubkey);
    const progress: string[] = [];
    const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
    const loaded = await load([...pubkeys, ...pubkeys], { concurrency, onProgress });
    expect([...loaded.values()].map(codeOf)).toEqual(Array(5).fill('loaded'));
    expect([...loaded.keys()].sort()).toEqual([...pubkeys].sort());
    expect(progress).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
  });

  it('gives nothing for nothing', async () => {
    expect((await load([])).size).toBe(0);
  });

  it.each([1, 2])('opens no further one once it is aborted, %i at a time', async (concurrency) => {
    const keys = [await added(), await added(), await added(), await added(), await added()];
    const controller = new AbortController();
    const options = { concurrency, onProgress: () => controller.abort(), signal: controller.signal };
    const pubkeys = keys.map(({ pubkey }) => pubkey);
    expect((await load(pubkeys, options)).size).toBe(concurrency);
    expect((await load(pubkeys, options)).size).toBe(0);
  });

  it('can be left early', async () => {
    const keys = [await added(), await added(), await added()];
    for await (const loaded of directory.load(keys.map(({ pubkey }) => pubkey))) {
      expect(codeOf(loaded)).toBe('loaded');
      break;
    }
  });

  it('follows a link to a private file, as secret mounts are made of', async () => {
    const { pubkey } = await added();
    await rename(passwordPath(pubkey), join(data, 'mounted'));
    await symlink(join(data, 'mounted'), passwordPath(pubkey));
    await expectCode(pubkey, 'loaded');
  });
});
