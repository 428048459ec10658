import { rm } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { watchKeys } from '../../../../signer/keys/key-watch.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { keystoreFile, putNewKey, takeFolderAway } from '../../../support/signer-key-files.ts';

const PATIENT = { timeout: 20_000 };

it('keys whose files come and go are here and gone without being asked for', async () => {
  const signer = await startSignerFixture({ keys: 1 });
  const watch = await watchKeys(signer.dataDir, [], () => signer.reload.startOrFollow(), 20);
  onTestFinished(() => watch.stop());
  const late = await putNewKey(signer.dataDir);
  await expect.poll(() => signer.keyring.pubkeys(), PATIENT).toEqual([signer.pubkey, late].sort());
  await rm(keystoreFile(signer.dataDir, signer.pubkey));
  await expect.poll(() => signer.keyring.pubkeys(), PATIENT).toEqual([late]);
});

it('a folder that is gone as a whole, as a disk that is not mounted, takes no key away', async () => {
  const signer = await startSignerFixture({ keys: 2 });
  let told = 0;
  const tell = (): void => {
    told += 1;
    signer.reload.startOrFollow();
  };
  const watch = await watchKeys(signer.dataDir, [], tell, 20);
  onTestFinished(() => watch.stop());
  const putBack = await takeFolderAway(signer.dataDir);
  await expect.poll(() => told, PATIENT).toBe(1);
  await expect.poll(() => signer.reload.status.status, PATIENT).toBe('failed');
  expect(signer.keyring.size).toBe(2);
  await putBack();
  await expect.poll(() => signer.reload.status.status, PATIENT).toBe('completed');
  expect(signer.keyring.size).toBe(2);
});
