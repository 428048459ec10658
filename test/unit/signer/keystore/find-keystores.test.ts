import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findKeystoreFiles } from '../../../../signer/keystore/find-keystores.ts';
import { cheapKeystore } from './cheap-keystore.ts';
import { failureOf } from './failure.ts';

let root: string;
let keystore: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vigil-find-'));
  keystore = JSON.stringify((await cheapKeystore('pw')).keystore);
});
afterEach(() => rm(root, { recursive: true }));

async function put(name: string, text: string): Promise<string> {
  const path = join(root, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}

describe('findKeystoreFiles', () => {
  it('names a path that is not there, even beside one that is', async () => {
    const there = await put('keystore.json', keystore);
    const missing = join(root, 'missing');
    const error = await failureOf(() => findKeystoreFiles([there, missing]));
    expect(error.code).toBe('KEY_FILE_MISSING');
    expect(error.message).toContain(missing);
  });

  it('refuses nothing at all, and a folder without keystores beside one with some', async () => {
    await expect(findKeystoreFiles([])).rejects.toMatchObject({ code: 'KEYSTORES_NOT_FOUND' });
    const there = await put('a/keystore.json', keystore);
    await put('b/deposit_data-1.json', '[]');
    const error = await failureOf(() => findKeystoreFiles([there, join(root, 'b')]));
    expect(error.code).toBe('KEYSTORES_NOT_FOUND');
    expect(error.message).toContain(join(root, 'b'));
  });

  it('refuses what is too large to be a keystore', async () => {
    const large = await put('x/keystore-1.json', ' '.repeat(1024 * 1024 + 1));
    for (const path of [large, join(root, 'x')]) {
      const error = await failureOf(() => findKeystoreFiles([path]));
      expect(error.code).toBe('KEY_FILE_TOO_LARGE');
      expect(error.message).toContain(large);
    }
  });

  it('searches folders, passes over other files and sorts', async () => {
    const b = await put('keys/b.json', keystore);
    const a = await put('keys/deep/er/a.JSON', keystore);
    const linked = join(root, 'keys', 'linked.json');
    await symlink(b, linked);
    await put('keys/deposit_data-1.json', JSON.stringify([{ pubkey: 'aa', amount: 32 }]));
    await put('keys/wallet.json', JSON.stringify({ version: 3, crypto: {} }));
    await put('keys/large.json', ' '.repeat(1024 * 1024 + 1));
    await put('keys/broken.json', '{');
    await put('keys/.hidden.json', keystore);
    await put('keys/.cache/c.json', keystore);
    await put('keys/readme.txt', keystore);
    expect(await findKeystoreFiles([join(root, 'keys')])).toEqual([b, a, linked].sort());
  });

  it('does not run in circles', async () => {
    const file = await put('keys/a.json', keystore);
    await symlink(join(root, 'keys'), join(root, 'keys', 'loop'));
    expect(await findKeystoreFiles([join(root, 'keys')])).toEqual([file]);
  });

  it('gives each file once, however often it is named', async () => {
    const file = await put('keys/a.json', keystore);
    expect(await findKeystoreFiles([file, join(root, 'keys'), file])).toEqual([file]);
  });

  it('reports a keystore that is broken rather than overlook it', async () => {
    const cut = await put('keys/keystore-m_12381_3600_0_0_0-1.json', keystore.slice(0, 200));
    const odd = await put('keys/odd.json', JSON.stringify({ version: 4, crypto: {} }));
    const old = await put('keys/keystore.json', JSON.stringify({ version: 3, crypto: {} }));
    expect(await findKeystoreFiles([join(root, 'keys')])).toEqual([cut, odd, old].sort());
  });

  it('takes a file at its word', async () => {
    const file = await put('mykey.txt', keystore);
    expect(await findKeystoreFiles([file])).toEqual([file]);
  });
});
