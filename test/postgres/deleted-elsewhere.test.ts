import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import { SigningPool } from '../../signer/bls/signing-pool.ts';
import { KeyManager } from '../../signer/keys/key-manager.ts';
import { Keyring } from '../../signer/keys/keyring.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt } from '../support/slashing-fixtures.ts';
import { tempDirectory } from '../support/temp-guard.ts';
import { cheapKeystore } from '../unit/signer/keystore/cheap-keystore.ts';

const PASSWORD = 'correct horse battery staple';
const { clock } = clockAt(1000);

/** A signer of a shared database with keys of its own. */
async function signerAt(url: string, instance: string) {
  const guard = await openSigner(url, { instance, clock, onMissingHistory: 'trust' });
  const pool = new SigningPool({ threads: 1 });
  pool.start();
  onTestFinished(() => pool.close());
  const keyring = new Keyring(guard, pool);
  const directory = new KeyDirectory(tempDirectory());
  const removed: Pubkey[] = [];
  const dropped: Pubkey[] = [];
  const keyManager = new KeyManager({
    ...{ directory, guard, keyring, log: createLogger('silent') },
    settings: { remove: (pubkey) => Promise.resolve(void dropped.push(pubkey)) },
    onRemoved: (pubkey) => void removed.push(pubkey),
  });
  const vote = async (pubkey: Pubkey, source: number, target: number) => {
    const outcome = await keyring.sign(pubkey, att(source, target));
    return outcome?.kind === 'refused' ? outcome.reason : outcome?.kind;
  };
  return { guard, pool, keyring, keyManager, directory, removed, dropped, vote };
}

it('a key that another signer deleted is told of no more, as soon as that is known', async () => {
  const url = await freshDatabase();
  const [four, five] = [await signerAt(url, 'four'), await signerAt(url, 'five')];
  const [ended, kept] = [await cheapKeystore(PASSWORD), await cheapKeystore(PASSWORD)];
  for (const { keystore } of [ended, kept]) await five.keyManager.importKey(keystore, PASSWORD);
  const { pubkey } = await four.keyManager.importKey(ended.keystore, PASSWORD);
  const { keyring, keyManager } = five;
  const told = () => [keyring.listedPubkeys(), keyManager.ownPubkeys, keyring.pubkeys()];
  const both = [...keyring.loadedPubkeys()];
  expect([told(), keyring.size]).toEqual([[both, both, both], 2]);

  expect(await four.keyManager.deleteKey(pubkey)).toBe('deleted');
  await expect.poll(() => five.guard.statusOf(pubkey).state, { timeout: 10_000 }).toBe('deleted');
  const left = both.filter((one) => one !== pubkey);
  expect([told(), keyring.size]).toEqual([[left, left, left], 1]);
  // Its secret is wiped when its keystore is gone from here too.
  await five.directory.remove(pubkey);
  await keyManager.rescan();
  expect([keyring.loadedPubkeys(), five.removed]).toEqual([left, [pubkey]]);
});

it('a key that another signer deleted is brought in again where it is still loaded', async () => {
  const url = await freshDatabase();
  const [four, five] = [await signerAt(url, 'four'), await signerAt(url, 'five')];
  const first = await cheapKeystore(PASSWORD);
  const { pubkey } = await five.keyManager.importKey(first.keystore, PASSWORD);
  await four.keyManager.importKey(first.keystore, PASSWORD);
  expect(await five.vote(pubkey, 100, 101)).toBe('released');
  expect(await five.keyManager.importKey(first.keystore, PASSWORD)).toEqual({ pubkey, status: 'duplicate' });

  expect(await four.keyManager.deleteKey(pubkey)).toBe('deleted');
  await expect.poll(() => five.guard.statusOf(pubkey).state, { timeout: 10_000 }).toBe('deleted');
  expect(five.keyring.has(pubkey)).toBe(true);
  expect(await five.vote(pubkey, 101, 102)).toBe('KEY_DELETED');
  expect(five.removed).toEqual([]);

  expect(await five.keyManager.importKey(first.keystore, PASSWORD)).toEqual({ pubkey, status: 'imported' });
  expect([five.removed, five.dropped]).toEqual([[pubkey], [pubkey]]);
  expect(five.guard.statusOf(pubkey).state).toBe('active');
  expect(await five.vote(pubkey, 101, 102)).toBe('released');
  expect(await five.vote(pubkey, 100, 103)).not.toBe('released');
  expect(await five.directory.has(pubkey)).toBe(true);
  expect(await four.vote(pubkey, 102, 103)).toBeUndefined();
});
