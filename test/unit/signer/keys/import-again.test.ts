import { expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { KeyManager } from '../../../../signer/keys/key-manager.ts';
import { sealSecret } from '../../../../signer/keystore/cipher.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
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
