import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { KeyManager } from '../../../../signer/keys/key-manager.ts';
import { sealSecret } from '../../../../signer/keystore/cipher.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { attestation } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { keystoreFile } from '../../../support/signer-key-files.ts';
import { callKeymanager, interchange, statusesOf } from '../../../support/signer-keymanager.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { CHEAP_KDF, cheapKeystore } from '../keystore/cheap-keystore.ts';

it('a keystore that nobody opened is not stood in for by the cache, though its key was imported once more', async () => {
  const { dataDir, guard, keyring, keySettings: settings } = await startSignerFixture({ keys: 0 });
  const remembered: Pubkey[] = [];
  class WatchedDirectory extends KeyDirectory {
    override rememberSecret(pubkey: Pubkey): Promise<void> {
      remembered.push(pubkey);
      return Promise.resolve();
    }
  }
  const directory = new WatchedDirectory(dataDir);
  const keyManager = new KeyManager({ directory, guard, keyring, settings, log: createLogger('silent') });
  const { keystore, pubkey, secretKey } = await cheapKeystore('one');
  // Whole to look at; but the password beside it is another.
  await directory.add(keystore, 'two', pubkey);
  const again = { ...keystore, crypto: await sealSecret(secretKey.toBytes(), 'three', CHEAP_KDF) };
  expect(await keyManager.importKey(again, 'three')).toEqual({ pubkey, status: 'duplicate' });
  expect(remembered).toEqual([]);
  const other = await cheapKeystore('one');
  expect((await keyManager.importKey(other.keystore, 'one')).status).toBe('imported');
  expect(remembered).toEqual([other.pubkey]);
});

it('a key that came from elsewhere is stored when it is imported, and is here without that place', async () => {
  const first = await startSignerFixture({ keys: 0 });
  const { dataDir } = first;
  const { keystore, pubkey, secretKey } = await cheapKeystore('pw');
  // Unopened beside it, and of no use.
  await new KeyDirectory(dataDir).add(keystore, 'another password', pubkey);
  expect(await first.keyManager.adopt(pubkey, secretKey)).toBe('active');
  const history = interchange([{ pubkey, vote: ['52', '54'] }]);
  const body = { keystores: [JSON.stringify(keystore)], passwords: ['pw'], slashing_protection: history };
  expect(await statusesOf(callKeymanager(first, 'POST', body))).toEqual(['imported']);
  expect((await sign(first, attestation(52n, 54n), { identifier: pubkey })).status).toBe(412);
  expect(await statusesOf(callKeymanager(first, 'POST', body))).toEqual(['duplicate']);
  await first.close();

  const second = await startSignerFixture({ dataDir, keys: 0 });
  expect(second.loaded).toEqual({ loaded: 1, failed: 0, deleted: 0 });
  expect((await sign(second, attestation(52n, 54n), { identifier: pubkey })).status).toBe(412);
  expect((await sign(second, attestation(53n, 55n), { identifier: pubkey })).status).toBe(200);
});

it('a key that was imported stays a key of the data directory: without its keystore it signs no more', async () => {
  const { dataDir, keyManager, keyring } = await startSignerFixture({ keys: 1 });
  const { keystore, pubkey, secretKey } = await cheapKeystore('pw');
  await keyManager.adopt(pubkey, secretKey);
  await keyManager.importKey(keystore, 'pw');
  await rm(keystoreFile(dataDir, pubkey));
  expect(await keyManager.rescan()).toMatchObject({ removed: 1 });
  expect(keyring.has(pubkey)).toBe(false);
});
