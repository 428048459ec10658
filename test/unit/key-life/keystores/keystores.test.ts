import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validatorPath } from '../../../../key-life/derivation/key-path.ts';
import { KeyTree } from '../../../../key-life/derivation/key-tree.ts';
import { checkKeystore } from '../../../../key-life/keystores/check-keystore.ts';
import { KeystoreFolder } from '../../../../key-life/keystores/keystore-folder.ts';
import { pubkeyOf } from '../../../../signer/keystore/bls-keys.ts';
import { sealSecret } from '../../../../signer/keystore/cipher.ts';
import type { Keystore } from '../../../../signer/keystore/eip2335.ts';
import { CHEAP_KDF } from '../../signer/keystore/cheap-keystore.ts';
import { failureOf } from '../../signer/keystore/failure.ts';

const PASSWORD = 'correct horse';
const tree = new KeyTree(Buffer.alloc(32, 1));

async function keystoreAt(path: string, named = path): Promise<Keystore> {
  const secretKey = tree.at(path);
  return {
    crypto: await sealSecret(secretKey.toBytes(), PASSWORD, CHEAP_KDF),
    pubkey: pubkeyOf(secretKey).slice(2),
    path: named,
    uuid: randomUUID(),
    version: 4,
  };
}

const check = (keystore: unknown, password = PASSWORD, against: KeyTree | null = tree) =>
  checkKeystore(Buffer.from(JSON.stringify(keystore)), 'keystore.json', password, against);

describe('a keystore', () => {
  const path = validatorPath(4, 'signing');

  it('that is right has no problems', async () => {
    const pubkey = pubkeyOf(tree.validatorKey(4, 'signing'));
    expect(await check(await keystoreAt(path))).toEqual({ pubkey, path, problems: [] });
    expect(await check(await keystoreAt(path, ''), PASSWORD, null)).toMatchObject({ problems: [] });
  });

  it.each([
    ['with another password', async () => check(await keystoreAt(path), 'wrong'), 'KEYSTORE_WRONG_PASSWORD'],
    [
      'that names another key',
      async () => check({ ...(await keystoreAt(path)), pubkey: 'ab'.repeat(48) }),
      'KEYSTORE_PUBKEY_MISMATCH',
    ],
    [
      'with another path',
      async () => check(await keystoreAt(path, validatorPath(5, 'signing'))),
      'another key',
    ],
    ['without a path', async () => check(await keystoreAt(path, '')), 'EIP-2334'],
    [
      'of another mnemonic',
      async () => check(await keystoreAt(path), PASSWORD, new KeyTree(Buffer.alloc(32, 2))),
      'another key',
    ],
    [
      'of a withdrawal key',
      async () => check(await keystoreAt(validatorPath(4, 'withdrawal'))),
      'withdrawal key',
    ],
    [
      'of a withdrawal key, with no mnemonic at hand',
      async () => check(await keystoreAt(validatorPath(4, 'withdrawal')), PASSWORD, null),
      'withdrawal key',
    ],
    [
      'with an index that is none',
      async () => check(await keystoreAt(path, 'm/12381/3600/9999999999/0/0')),
      'index',
    ],
    ['that is none', () => check({ version: 3 }), 'KEYSTORE_INVALID'],
  ])('%s has one', async (_, checked, said) => {
    const { problems } = await checked();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
    expect(problems[0]).not.toContain(PASSWORD);
  });
});

describe('a folder of keystores', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vigil-keystores-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is not made before there is something to put in', async () => {
    const path = join(folder, 'validator_keys');
    const keystores = await KeystoreFolder.open(path, 0);
    expect(readdirSync(folder)).toEqual([]);
    const file = await keystores.add(await keystoreAt(validatorPath(0, 'signing')));
    expect(file).toBe(join(path, 'keystore-m_12381_3600_0_0_0-0.json'));
    expect([statSync(path).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('knows what is there, and proves that it opens', async () => {
    const made = await (
      await KeystoreFolder.open(folder, 0)
    ).add(await keystoreAt(validatorPath(0, 'signing')));
    const again = await KeystoreFolder.open(folder, 1000);
    const pubkey = (index: number) => pubkeyOf(tree.validatorKey(index, 'signing'));
    expect(again.size).toBe(1);
    expect(await again.existing(pubkey(0), PASSWORD)).toBe(made);
    expect(await again.existing(pubkey(1), PASSWORD)).toBeNull();
    expect(await failureOf(() => again.existing(pubkey(0), 'wrong'))).toMatchObject({
      code: 'KEYSTORE_WRONG_PASSWORD',
    });
  });

  it('with a broken keystore in it is left alone', async () => {
    writeFileSync(join(folder, 'keystore-broken.json'), '{"version":4');
    expect(await failureOf(() => KeystoreFolder.open(folder, 0))).toMatchObject({ code: 'KEYSTORE_INVALID' });
    expect(readdirSync(folder)).toEqual(['keystore-broken.json']);
  });
});
