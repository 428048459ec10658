import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databasePath } from '../../../../signer/data-directory.ts';
import { randaoReveal } from '../../../support/signer-bodies.ts';
import { send, sign } from '../../../support/signer-client.ts';
import { diskOf } from '../../../support/signer-disk.ts';
import { PASSWORD, startSignerFixture, type SignerFixture } from '../../../support/signer-fixture.ts';
import { callKeymanager, newKeystore, statusesOf } from '../../../support/signer-keymanager.ts';

const keystoreOf = ({ dataDir }: SignerFixture, pubkey: string) => join(dataDir, 'keys', `${pubkey}.json`);

/** A signer with one good key and one whose keystore is damaged and of which the slashing database knows nothing. */
async function withFailedKey() {
  const first = await startSignerFixture({ keys: 1 });
  const bad = await newKeystore();
  await first.keyManager.importKey(bad.keystore, PASSWORD);
  const { files } = await diskOf(first);
  await first.close();
  for (const end of ['', '-wal', '-shm']) {
    await rm(`${databasePath(first.dataDir)}${end}`, { force: true });
  }
  await writeFile(keystoreOf(first, bad.pubkey), '{}');
  const signer = await startSignerFixture({ dataDir: first.dataDir, keys: 0 });
  expect(await health(signer)).toEqual({ status: 503, loaded: 1, failed: 1 });
  return { signer, bad, files };
}

async function health(signer: SignerFixture) {
  const { status, text } = await send(signer.url, '/healthcheck');
  const { checks } = JSON.parse(text) as { checks: { checks: { data: Record<string, number> }[] }[] };
  const data = checks[0]!.checks[0]!.data;
  return { status, loaded: data['keys-loaded'], failed: data['error-count'] };
}

describe('a key that could not be opened', () => {
  it('counts no more once it is deleted, and its tombstone outlives its return', async () => {
    const { signer, bad, files } = await withFailedKey();
    const body = { pubkeys: [bad.pubkey] };
    expect(await statusesOf(callKeymanager(signer, 'DELETE', body))).toEqual(['not_active']);
    expect(await health(signer)).toEqual({ status: 200, loaded: 1, failed: 0 });
    expect(signer.guard.statusOf(bad.pubkey).state).toBe('deleted');
    await signer.close();

    for (const [name, content] of Object.entries(files)) {
      if (name.includes(bad.pubkey)) await writeFile(join(signer.dataDir, name), content, { mode: 0o600 });
    }
    const again = await startSignerFixture({ dataDir: signer.dataDir, keys: 0 });
    expect(again.loaded).toEqual({ loaded: 1, failed: 0, deleted: 1 });
    expect((await sign(again, randaoReveal(55n), { identifier: bad.pubkey })).status).toBe(404);
  });

  it('counts no more once it is imported again, and opens at the next start too', async () => {
    const { signer, bad } = await withFailedKey();
    const body = { keystores: [bad.text], passwords: [PASSWORD] };
    expect(await statusesOf(callKeymanager(signer, 'POST', body))).toEqual(['imported']);
    expect(await health(signer)).toEqual({ status: 200, loaded: 2, failed: 0 });
    expect((await sign(signer, randaoReveal(55n), { identifier: bad.pubkey })).status).toBe(200);
    await signer.close();
    const again = await startSignerFixture({ dataDir: signer.dataDir, keys: 0 });
    expect(again.loaded).toEqual({ loaded: 2, failed: 0, deleted: 0 });
  });

  it('is deleted also when its file was taken away by hand', async () => {
    const { signer, bad } = await withFailedKey();
    await rm(keystoreOf(signer, bad.pubkey));
    const body = { pubkeys: [bad.pubkey] };
    expect(await statusesOf(callKeymanager(signer, 'DELETE', body))).toEqual(['not_active']);
    expect(await health(signer)).toEqual({ status: 200, loaded: 1, failed: 0 });
    expect(signer.guard.statusOf(bad.pubkey).state).toBe('deleted');
  });

  it('goes on counting when its import does not open either', async () => {
    const { signer, bad } = await withFailedKey();
    const body = { keystores: [bad.text], passwords: ['wrong'] };
    expect(await statusesOf(callKeymanager(signer, 'POST', body))).toEqual(['error']);
    expect(await health(signer)).toEqual({ status: 503, loaded: 1, failed: 1 });
  });
});
