import { SecretKey } from '@chainsafe/blst';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import type { Pubkey } from '../../../../core/units.ts';
import { KeyManager } from '../../../../signer/keys/key-manager.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { attestation, randaoReveal } from '../../../support/signer-bodies.ts';
import { json, sign } from '../../../support/signer-client.ts';
import { diskOf, meddle } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import {
  keystoreFile,
  passwordFile,
  putKey,
  putNewKey,
  putSlowKey,
  takeFolderAway,
  takeKeyAway,
} from '../../../support/signer-key-files.ts';
import { callKeymanager, newKeystore, statusesOf } from '../../../support/signer-keymanager.ts';

const randao = randaoReveal(55n);
const vote = attestation(53n, 54n);
const other = attestation(53n, 54n, { head: `0x${'01'.repeat(32)}` });

const answerTo = async (signer: SignerFixture, body: object, identifier: string): Promise<string> => {
  const answer = await sign(signer, body, { identifier });
  return answer.status === 200 ? '200' : `${answer.status} ${json(answer)['code']}`;
};

describe('a key whose file is gone', () => {
  it('stops signing without a tombstone, and comes back with its file, where it was', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const [gone, kept] = [signer.pubkeys[0]!, signer.pubkeys[1]!];
    expect(await answerTo(signer, vote, gone)).toBe('200');
    const before = await diskOf(signer);
    const putBack = await takeKeyAway(signer.dataDir, gone);

    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 1, failed: 0 });
    expect(await answerTo(signer, vote, gone)).toBe('404 UNKNOWN_KEY');
    expect(await answerTo(signer, randao, gone)).toBe('404 UNKNOWN_KEY');
    expect(await answerTo(signer, vote, kept)).toBe('200');
    expect(signer.guard.statusOf(gone).state).toBe('active');

    await putBack();
    expect(await signer.keyManager.rescan()).toEqual({ added: 1, removed: 0, failed: 0 });
    expect(await answerTo(signer, other, gone)).toBe('412 DOUBLE_VOTE');
    expect(await answerTo(signer, vote, gone)).toBe('200');
    expect((await diskOf(signer)).files).toEqual(before.files);
    expect(signer.guard.statusOf(gone)).toMatchObject({ state: 'active', attestation: { target: 54n } });
  });

  it('can still be deleted, which hands its history over', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    await answerTo(signer, vote, signer.pubkey);
    const putBack = await takeKeyAway(signer.dataDir, signer.pubkey);
    await signer.keyManager.rescan();
    expect(await statusesOf(callKeymanager(signer, 'DELETE', { pubkeys: [signer.pubkey] }))).toEqual([
      'not_active',
    ]);
    await putBack();
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(await answerTo(signer, randao, signer.pubkey)).toBe('404 UNKNOWN_KEY');
  });
});

describe('a folder that has lost all its keystores at once, as one whose volume is not mounted', () => {
  it.each([1, 3])('silences all of %i keys, loudly, and keeps the cache', async (keys) => {
    const signer = await startSignerFixture({ keys });
    const cache = join(signer.dataDir, 'key-cache.sealed');
    await writeFile(cache, 'sealed');
    const putBack = [];
    for (const pubkey of signer.pubkeys) putBack.push(await takeKeyAway(signer.dataDir, pubkey));

    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: keys, failed: keys });
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: keys });
    expect(await answerTo(signer, vote, signer.pubkey)).toBe('404 UNKNOWN_KEY');
    expect(existsSync(cache)).toBe(true);
    expect((await fetch(`${signer.url}/healthcheck`)).status).toBe(503);

    for (const back of putBack) await back();
    expect(await signer.keyManager.rescan()).toEqual({ added: keys, removed: 0, failed: 0 });
    expect(await answerTo(signer, vote, signer.pubkey)).toBe('200');
    expect((await fetch(`${signer.url}/healthcheck`)).status).toBe(200);
  });

  it('lets them be deleted all the same', async () => {
    const signer = await startSignerFixture();
    await takeKeyAway(signer.dataDir, signer.pubkey);
    await signer.keyManager.rescan();
    expect(await signer.keyManager.deleteKey(signer.pubkey)).toBe('not_active');
    expect(signer.keyManager.failedKeys).toBe(0);
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
  });
});

describe('what cannot be read takes no key out', () => {
  it.each<[string, (dataDir: string) => Promise<unknown>]>([
    ['a folder that is not there', takeFolderAway],
    [
      'a folder that is none',
      async (dataDir) => {
        await takeFolderAway(dataDir);
        await writeFile(join(dataDir, 'keys'), 'no folder');
      },
    ],
  ])('%s', async (_name, spoil) => {
    const signer = await startSignerFixture({ keys: 3 });
    await spoil(signer.dataDir);
    await expect(signer.keyManager.rescan()).rejects.toMatchObject({ code: 'KEY_FILE_UNREADABLE' });
    expect(signer.keyring.pubkeys()).toEqual([...signer.pubkeys].sort());
    expect(signer.keyManager.failedKeys).toBe(3);
    expect(await answerTo(signer, vote, signer.pubkey)).toBe('200');
  });

  it.each<[string, (dataDir: string, pubkey: string) => Promise<unknown>]>([
    ['a damaged keystore', (dataDir, pubkey) => writeFile(keystoreFile(dataDir, pubkey), '{')],
    ['another password', (dataDir, pubkey) => writeFile(passwordFile(dataDir, pubkey), 'wrong')],
  ])('%s of a loaded key', async (_name, spoil) => {
    const signer = await startSignerFixture();
    await spoil(signer.dataDir, signer.pubkey);
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(await answerTo(signer, vote, signer.pubkey)).toBe('200');
  });

  it('nor does it change anything when the folder is back', async () => {
    const signer = await startSignerFixture({ keys: 2 });
    const putBack = await takeFolderAway(signer.dataDir);
    await expect(signer.keyManager.rescan()).rejects.toThrow();
    await putBack();
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
  });

  it('and a signer that never had a key has no folder to miss', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
  });
});

describe('a key whose file came', () => {
  it('is admitted as at a start: without history it is at the floor where that is wanted', async () => {
    const signer = await startSignerFixture({ keys: 0, onMissingHistory: 'floor' });
    const pubkey = await putNewKey(signer.dataDir);
    expect(await signer.keyManager.rescan()).toEqual({ added: 1, removed: 0, failed: 0 });
    expect(await answerTo(signer, attestation(54n, 55n), pubkey)).toBe('412 TARGET_NOT_ABOVE_WATERMARK');
    expect(await answerTo(signer, randao, pubkey)).toBe('200');
  });

  it('does not wake from its deletion', async () => {
    const signer = await startSignerFixture();
    const { files } = await diskOf(signer);
    await signer.keyManager.deleteKey(signer.pubkey);
    const keystore = files[`keys/${signer.pubkey}.json`]!;
    await putKey(signer.dataDir, signer.pubkey, keystore, PASSWORD);
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(await answerTo(signer, randao, signer.pubkey)).toBe('404 UNKNOWN_KEY');
  });

  it('and does not open is tried again by the next rescan', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = await putNewKey(signer.dataDir, 'wrong');
    expect(await signer.keyManager.rescan()).toEqual({ added: 0, removed: 0, failed: 1 });
    expect(signer.keyManager.failedKeys).toBe(1);
    await writeFile(passwordFile(signer.dataDir, pubkey), PASSWORD, { mode: 0o600 });
    expect(await signer.keyManager.rescan()).toEqual({ added: 1, removed: 0, failed: 0 });
    expect(signer.keyManager.failedKeys).toBe(0);
  });

  it('does not come in when that cannot be recorded', async () => {
    const signer = await startSignerFixture();
    const pubkey = await putNewKey(signer.dataDir);
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    await expect(signer.keyManager.rescan()).rejects.toMatchObject({ code: 'DB_FENCED' });
    expect(signer.keyring.has(pubkey as never)).toBe(false);
  });
});

describe('a rescan beside imports and deletions', () => {
  it('leaves a key out that is deleted while its keystore is being opened', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = await putSlowKey(signer.dataDir);
    const rescan = signer.keyManager.rescan();
    expect(await statusesOf(callKeymanager(signer, 'DELETE', { pubkeys: [pubkey] }))).toEqual(['not_active']);
    expect(await rescan).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(signer.keyring.pubkeys()).toEqual([]);
  });

  it('leaves it out also when somebody put the file of the deleted key back before it was opened', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = await putSlowKey(signer.dataDir);
    const rescan = signer.keyManager.rescan();
    await statusesOf(callKeymanager(signer, 'DELETE', { pubkeys: [pubkey] }));
    await putSlowKey(signer.dataDir);
    expect(await rescan).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(await answerTo(signer, randao, pubkey)).toBe('404 UNKNOWN_KEY');
  });

  it('leaves a key out whose file was taken away again while it was being opened', async () => {
    const signer = await startSignerFixture({ keys: 0 });
    const pubkey = await putSlowKey(signer.dataDir);
    const rescan = signer.keyManager.rescan();
    await takeKeyAway(signer.dataDir, pubkey);
    expect(await rescan).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(signer.keyring.pubkeys()).toEqual([]);
  });

  it('takes no key out that was imported after it looked', async () => {
    const { signer, keyManager, whileListed } = await withPause();
    const { keystore, pubkey } = await newKeystore();
    const rescan = await whileListed(() => keyManager.importKey(keystore, PASSWORD));
    expect(rescan).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(signer.keyring.pubkeys()).toContain(pubkey);
  });

  it('takes no key out whose file was only replaced while it looked', async () => {
    const { signer, keyManager, whileListed, removed } = await withPause();
    const putBack = await takeKeyAway(signer.dataDir, signer.pubkey);
    expect(await whileListed(putBack)).toEqual({ added: 0, removed: 0, failed: 0 });
    expect(removed).toEqual([]);
    await takeKeyAway(signer.dataDir, signer.pubkey);
    await keyManager.rescan();
    expect(removed).toEqual([signer.pubkey]);
  });

  it('and tells of every key that signs here no more, also of deleted ones', async () => {
    const { signer, keyManager, removed } = await withPause();
    await keyManager.deleteKey(signer.pubkey);
    expect(removed).toEqual([signer.pubkey]);
  });
});

/** A signer whose key manager can be stopped between its look at the folder and what it makes of it. */
async function withPause() {
  const signer = await startSignerFixture({ keys: 2 });
  const listed = Promise.withResolvers<void>();
  const resume = Promise.withResolvers<void>();
  let pausing = false;
  class PausedDirectory extends KeyDirectory {
    override async list(options?: Parameters<KeyDirectory['list']>[0]): Promise<Pubkey[]> {
      const found = await super.list(options);
      listed.resolve();
      if (pausing) await resume.promise;
      return found;
    }
  }
  const removed: string[] = [];
  const directory = new PausedDirectory(signer.dataDir);
  const { guard, keyring, keySettings: settings } = signer;
  const onRemoved = (pubkey: string) => void removed.push(pubkey);
  const keyManager = new KeyManager({
    directory,
    guard,
    keyring,
    settings,
    log: createLogger('silent'),
    onRemoved,
  });
  const whileListed = async (act: () => Promise<unknown>) => {
    pausing = true;
    const rescan = keyManager.rescan();
    await listed.promise;
    await act();
    pausing = false;
    resume.resolve();
    return rescan;
  };
  return { signer, keyManager, whileListed, removed };
}

it('keeps nothing of the keys that came and went', async () => {
  const signer = await startSignerFixture({ keys: 4 });
  const secretsInMemory = () =>
    [...Array(200).keys()].filter((slot) => signer.pool.secretKeys.view(slot).some((byte) => byte !== 0))
      .length;
  const cycle = async () => {
    const back = [];
    for (const pubkey of signer.pubkeys.slice(1)) back.push(await takeKeyAway(signer.dataDir, pubkey));
    await signer.keyManager.rescan();
    for (const putBack of back) await putBack();
    await signer.keyManager.rescan();
  };
  await cycle();
  expect(secretsInMemory()).toBe(4);
  const before = queryObjects(SecretKey, { format: 'count' });
  for (let n = 0; n < 20; n += 1) await cycle();
  expect(secretsInMemory()).toBe(4);
  // One that was just opened may still wait for the collector.
  expect(queryObjects(SecretKey, { format: 'count' })).toBeLessThanOrEqual(before + 1);
});
