import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../../../core/log/logger.ts';
import { KeyManager } from '../../../../signer/keys/key-manager.ts';
import { KeyDirectory } from '../../../../signer/keystore/key-directory.ts';
import { attestation, randaoReveal } from '../../../support/signer-bodies.ts';
import { sign } from '../../../support/signer-client.ts';
import { diskOf, meddle } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture } from '../../../support/signer-fixture.ts';
import { cheapKeystore } from '../keystore/cheap-keystore.ts';

const nameOf = (pubkey: string): string => join('keys', `${pubkey}.json`);

describe('loading the stored keys', () => {
  it('counts those that fail and loads the others', async () => {
    const first = await startSignerFixture({ keys: 5 });
    const at = (index: number): string => first.pubkeys[index] ?? '';
    const [damaged, exposed, noPassword, swapped, good] = [at(0), at(1), at(2), at(3), at(4)];
    const { files } = await diskOf(first);
    await first.close();
    await writeFile(join(first.dataDir, nameOf(damaged)), '{}');
    await chmod(join(first.dataDir, nameOf(exposed)), 0o644);
    await rm(join(first.dataDir, 'secrets', noPassword));
    await writeFile(join(first.dataDir, nameOf(swapped)), files[nameOf(good)]!);

    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect(second.loaded).toEqual({ loaded: 1, failed: 4, deleted: 0 });
    expect(second.keyring.pubkeys()).toEqual([good]);
    expect((await sign(second, attestation(53n, 54n), { identifier: good })).status).toBe(200);
    expect((await sign(second, attestation(53n, 54n), { identifier: swapped })).status).toBe(404);
  });

  it('puts a key that the database does not know at the floor where that is wanted', async () => {
    const first = await startSignerFixture();
    const { files } = await diskOf(first);
    await first.close();
    for (const end of ['', '-wal', '-shm']) {
      await rm(join(first.dataDir, `slashing-protection.sqlite${end}`), { force: true });
    }
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0, onMissingHistory: 'floor' });
    expect((await diskOf(second)).files).toEqual(files);
    const identifier = first.pubkey;
    expect((await sign(second, attestation(54n, 55n), { identifier })).status).toBe(412);
    expect((await sign(second, randaoReveal(55n), { identifier })).status).toBe(200);
  });

  it('removes what a write that was cut short left behind', async () => {
    const first = await startSignerFixture();
    const before = await diskOf(first);
    await first.close();
    const leftover = join(first.dataDir, 'secrets', `.${first.pubkey}.0123456789abcdef.tmp`);
    await writeFile(leftover, PASSWORD, { mode: 0o600 });
    const second = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
    expect((await diskOf(second)).files).toEqual(before.files);
  });
});

describe('importing a key', () => {
  it('that cannot be recorded leaves it unable to sign', async () => {
    const signer = await startSignerFixture();
    const { keystore, pubkey } = await cheapKeystore(PASSWORD);
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    await expect(signer.keyManager.importKey(keystore, PASSWORD)).rejects.toMatchObject({
      code: 'DB_FENCED',
    });
    expect(signer.keyring.has(pubkey)).toBe(false);
    expect((await sign(signer, randaoReveal(55n), { identifier: pubkey })).status).toBe(404);
  });

  it('does nothing with a wrong password', async () => {
    const signer = await startSignerFixture();
    const { keystore } = await cheapKeystore(PASSWORD);
    const before = await diskOf(signer);
    await expect(signer.keyManager.importKey(keystore, 'wrong')).rejects.toMatchObject({
      code: 'KEYSTORE_WRONG_PASSWORD',
    });
    expect(await diskOf(signer)).toEqual(before);
  });

  it('at once with its deletion ends with the same answer before and after a restart', async () => {
    const { keystore, pubkey } = await cheapKeystore(PASSWORD);
    for (let turn = 0; turn < 5; turn += 1) {
      const signer = await startSignerFixture({ keys: 0 });
      await signer.keyManager.importKey(keystore, PASSWORD);
      await Promise.allSettled([
        signer.keyManager.deleteKey(pubkey),
        signer.keyManager.importKey(keystore, PASSWORD),
        signer.keyManager.deleteKey(pubkey),
        signer.keyManager.importKey(keystore, PASSWORD),
      ]);
      const before = await sign(signer, randaoReveal(55n), { identifier: pubkey });
      await signer.close();
      const again = await startSignerFixture({ dataDir: signer.dataDir, keys: 0 });
      const after = await sign(again, randaoReveal(55n), { identifier: pubkey });
      await again.close();
      expect(after.status).toBe(before.status);
    }
  });
});

describe('deleting a key', () => {
  it('whose tombstone cannot be written fails, and the key stays silent until the restart', async () => {
    const signer = await startSignerFixture();
    meddle(signer, 'UPDATE fence SET generation = generation + 1');
    await expect(signer.keyManager.deleteKey(signer.pubkey)).rejects.toMatchObject({ code: 'DB_FENCED' });
    expect((await sign(signer, randaoReveal(55n))).status).toBe(404);
    expect(Object.keys((await diskOf(signer)).files)).toContain(nameOf(signer.pubkey));
  });

  it('waits for the signatures under way', async () => {
    const signer = await startSignerFixture();
    const order: string[] = [];
    const asked = sign(signer, attestation(53n, 54n)).then(({ status }) => order.push(`signed ${status}`));
    const released = Promise.withResolvers<void>();
    const held = signer.guard.release(
      signer.pubkey,
      { kind: 'unslashable', signingRoot: signer.guard.genesisValidatorsRoot },
      async () => {
        await released.promise;
        order.push('released');
      },
    );
    const deletion = signer.keyManager.deleteKey(signer.pubkey).then(() => order.push('deleted'));
    await asked;
    released.resolve();
    await Promise.all([held, deletion]);
    expect(order.indexOf('deleted')).toBeGreaterThan(order.indexOf('released'));
  });
});

describe('the keyring', () => {
  it('knows nothing of a key that it does not have', async () => {
    const signer = await startSignerFixture();
    const { pubkey } = await cheapKeystore(PASSWORD);
    const message = { kind: 'unslashable', signingRoot: signer.guard.genesisValidatorsRoot } as const;
    expect(await signer.keyring.sign(pubkey, message)).toBeNull();
    expect(signer.keyring.has(pubkey)).toBe(false);
  });

  it('does not sign with a key that the guard never admitted', async () => {
    const signer = await startSignerFixture();
    const { pubkey, secretKey } = await cheapKeystore(PASSWORD);
    signer.keyring.add(pubkey, secretKey);
    const message = { kind: 'unslashable', signingRoot: signer.guard.genesisValidatorsRoot } as const;
    expect(await signer.keyring.sign(pubkey, message)).toMatchObject({ reason: 'KEY_NOT_ADMITTED' });
  });
});

it.each(['is gone', 'cannot be removed'])(
  'answers a deletion when what sources kept of the key %s',
  async (what) => {
    const { dataDir, guard, keyring, keySettings, pubkeys } = await startSignerFixture({ keys: 1 });
    const kept = Promise.withResolvers<void>();
    const keyManager = new KeyManager({
      ...{ directory: new KeyDirectory(dataDir), guard, keyring, settings: keySettings },
      log: createLogger('silent'),
      onRemoved: () => kept.promise,
    });
    const removed = vi.spyOn(keySettings, 'remove');
    const answered = vi.fn();
    const deletion = keyManager.deleteKey(pubkeys[0]!).finally(answered);
    // The last of what it does itself.
    await expect.poll(() => removed.mock.results.length, { timeout: 60_000 }).toBe(1);
    await removed.mock.results[0]!.value;
    await setImmediate();
    expect(answered).not.toHaveBeenCalled();
    if (what === 'is gone') {
      kept.resolve();
      expect(await deletion).toBe('deleted');
    } else {
      kept.reject(new Error('read-only'));
      await expect(deletion).rejects.toThrow('read-only');
    }
  },
);
