import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keystoreKeys } from '../../../../cli/operations/keystore-keys.ts';
import { toHex } from '../../../../core/hex.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { cheapKeystore } from '../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

const PASSWORD = 'correct horse battery';
const common = (): Promise<string> => Promise.resolve(PASSWORD);
const neverAsked = (): Promise<string> => Promise.reject(new Error('the password was asked for'));

it('says of every wanted key that is not had which file keeps it, and why', async () => {
  const { at, write } = tempFolder();
  const locked = await cheapKeystore('another password');
  const absent = await cheapKeystore(PASSWORD);
  write('keys-here/keystore-a.json', locked.keystore);
  write('keys-here/keystore-cut.json', '{"version":4');
  const wanted = new Set([locked.pubkey, absent.pubkey]);
  await expect(keystoreKeys(wanted, [at('keys-here')], common)).rejects.toMatchObject({
    code: 'KEY_NOT_FOUND',
    message: expect.stringMatching(
      new RegExp(
        `^no key for ${locked.pubkey}, ${absent.pubkey}; .*keystore-cut.json.*; .*keystore-a.json: KEYSTORE_WRONG_PASSWORD`,
      ),
    ) as string,
  });
});

it('opens none but those that are wanted, and no bad file beside them matters', async () => {
  const { at, write } = tempFolder();
  const mine = await cheapKeystore('own password');
  mkdirSync(at('data'));
  await new KeyDirectory(at('data')).add(mine.keystore, 'own password', mine.pubkey);
  const { pubkey, ...withoutName } = (await cheapKeystore(PASSWORD)).keystore;
  write('folder/other.json', { ...withoutName, pubkey });
  write('folder/nameless.json', withoutName);
  write('folder/keystore-cut.json', '{"version":4');
  // To open any of the folder would take a password.
  const found = await keystoreKeys(new Set([mine.pubkey]), [at('folder'), at('data/keys')], neverAsked);
  expect([...found.keys()]).toEqual([mine.pubkey]);
  expect(toHex(found.get(mine.pubkey)!.toBytes())).toBe(toHex(mine.secretKey.toBytes()));
});

it('finds a key whose keystore does not name it, and one behind a copy that does not open', async () => {
  const { at, write } = tempFolder();
  const [nameless, twice] = [await cheapKeystore(PASSWORD), await cheapKeystore(PASSWORD)];
  write('folder/nameless.json', { ...nameless.keystore, pubkey: undefined });
  const { crypto } = (await cheapKeystore('another password')).keystore;
  write('folder/a.json', { ...twice.keystore, crypto });
  write('folder/b.json', twice.keystore);
  const wanted = new Set([nameless.pubkey, twice.pubkey]);
  const found = await keystoreKeys(wanted, [at('folder')], common);
  expect(new Set(found.keys())).toEqual(wanted);
});

it('opens keystores of a data directory with their own passwords, without asking for one', async () => {
  const { at } = tempFolder();
  mkdirSync(at('data'));
  const directory = new KeyDirectory(at('data'));
  const made = await Promise.all(['one', 'two'].map((password) => cheapKeystore(`${password} password`)));
  for (const [index, { keystore, pubkey }] of made.entries())
    await directory.add(keystore, ['one password', 'two password'][index]!, pubkey);
  const wanted = new Set(made.map(({ pubkey }) => pubkey));
  expect(new Set((await keystoreKeys(wanted, [at('data/keys')], neverAsked)).keys())).toEqual(wanted);
});
