import { expect, it } from 'vitest';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { putNewKey, putSlowKey } from '../../../support/signer-key-files.ts';

it('one that is asked for while another runs follows it, and sees what came since', async () => {
  const signer = await startSignerFixture({ keys: 0 });
  const slow = await putSlowKey(signer.dataDir);
  signer.reload.startOrFollow();
  const late = await putNewKey(signer.dataDir);
  for (let n = 0; n < 5; n += 1) signer.reload.startOrFollow();
  await expect.poll(() => signer.keyring.pubkeys(), { timeout: 20_000 }).toEqual([slow, late].sort());
  await expect.poll(() => signer.reload.status.status).toBe('completed');
});

it('starts nothing once the signer is stopping, and waits for what is under way', async () => {
  const signer = await startSignerFixture({ keys: 0 });
  await putSlowKey(signer.dataDir);
  expect(signer.reload.start()).toBe(true);
  await signer.reload.stop();
  expect(signer.reload.status.status).not.toBe('running');
  expect(signer.reload.start()).toBe(false);
  signer.reload.startOrFollow();
  expect(signer.reload.status.status).not.toBe('running');
});
