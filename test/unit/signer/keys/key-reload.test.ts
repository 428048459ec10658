import { expect, it } from 'vitest';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { KeyReload } from '../../../../signer/keys/key-reload.ts';
import { unlockKeystore } from '../../../../signer/keystore/eip2335.ts';
import { putKey, putNewKey, putSlowKey, takeKeyAway } from '../../../support/signer-key-files.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

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

/** A signer with two keys, of which another place has the first too and is asked at a reload. */
async function withAnotherPlace() {
  const signer = await startSignerFixture({ keys: 1 });
  const { pubkey, keystore } = await cheapKeystore('pw');
  await putKey(signer.dataDir, pubkey, JSON.stringify(keystore), 'pw');
  await signer.keyManager.rescan();
  const secretKey = await unlockKeystore(keystore, 'pw');
  const asked: string[] = [];
  const askElsewhere = async (): Promise<string[]> => {
    asked.push(signer.keyring.has(pubkey) ? 'is here' : 'is wanted');
    await signer.keyManager.adopt(pubkey, secretKey);
    return [];
  };
  const reload = new KeyReload({ keyManager: signer.keyManager, log: createLogger('silent'), askElsewhere });
  return { signer, pubkey, reload, asked };
}

it('a key whose file is gone stays if another place has it too', async () => {
  const { signer, pubkey, reload, asked } = await withAnotherPlace();
  await takeKeyAway(signer.dataDir, pubkey);
  reload.start();
  await expect.poll(() => reload.status.status, { timeout: 20_000 }).toBe('completed');
  await expect.poll(() => signer.keyring.has(pubkey)).toBe(true);
  expect(asked).toEqual(['is here', 'is wanted']);
});

it('where all keystores are gone at once no other place is asked for them by itself', async () => {
  const { signer, pubkey, reload, asked } = await withAnotherPlace();
  for (const one of [pubkey, signer.pubkey]) await takeKeyAway(signer.dataDir, one);
  reload.start();
  await expect.poll(() => reload.status.status, { timeout: 20_000 }).toBe('completed_with_errors');
  expect(asked).toEqual(['is here']);
  expect(signer.keyring.size).toBe(0);
});

it('has not ended before the other places answered, says what fails there, and is not in the way of the next look', async () => {
  const { keyManager, keyring, dataDir } = await startSignerFixture({ keys: 1 });
  const answers: ((failing: string[]) => void)[] = [];
  const askElsewhere = () => new Promise<string[]>((resolve) => answers.push(resolve));
  const reload = new KeyReload({ keyManager, log: createLogger('silent'), askElsewhere });
  expect(reload.start()).toBe(true);
  const late = (await putNewKey(dataDir)) as Pubkey;
  await expect.poll(() => reload.start(), { timeout: 20_000 }).toBe(true);
  await expect.poll(() => keyring.has(late), { timeout: 20_000 }).toBe(true);
  expect(reload.status.status).toBe('running');
  answers[0]!(['vault 1: of the first']);
  answers[1]!(['vault 1: AWAY']);
  await expect.poll(() => reload.status.status).toBe('completed_with_errors');
  expect(reload.status.lastError).toBe('vault 1: AWAY; see the log of the signer');
});
