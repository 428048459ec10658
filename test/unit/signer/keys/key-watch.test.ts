import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { watchKeys } from '../../../../signer/keys/key-watch.ts';
import { placesOf } from '../../../../signer/sources/source-places.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { keystoreFile, putNewKey, takeFolderAway } from '../../../support/signer-key-files.ts';

const PATIENT = { timeout: 20_000 };
const NONE = { paths: [], parents: [] };

it('keys whose files come and go are here and gone without being asked for', async () => {
  const signer = await startSignerFixture({ keys: 1 });
  onTestFinished(
    await watchKeys(
      signer.dataDir,
      () => NONE,
      () => signer.reload.startOrFollow(),
      { ms: 20 },
    ),
  );
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
  onTestFinished(await watchKeys(signer.dataDir, () => NONE, tell, { ms: 20 }));
  const putBack = await takeFolderAway(signer.dataDir);
  await expect.poll(() => told, PATIENT).toBe(1);
  await expect.poll(() => signer.reload.status.status, PATIENT).toBe('failed');
  expect(signer.keyring.size).toBe(2);
  await putBack();
  await expect.poll(() => signer.reload.status.status, PATIENT).toBe('completed');
  expect(signer.keyring.size).toBe(2);
});

it('the folders that another client has for each key are watched, and the files that say which it uses', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-watch-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const validators = join(folder, 'validators');
  const [early, late] = ['0xaa', '0xbb'].map((name) => join(validators, name)) as [string, string];
  const definitions = join(validators, 'validator_definitions.yml');
  mkdirSync(early, { recursive: true });
  writeFileSync(definitions, '- enabled: true');
  let told = 0;
  const places = placesOf([{ type: 'lighthouse', path: validators }]);
  onTestFinished(
    await watchKeys(
      folder,
      () => places,
      () => (told += 1),
      { ms: 20, subFoldersMs: 20 },
    ),
  );
  const changes = [
    () => writeFileSync(join(early, 'voting-keystore.json'), '{}'),
    () => rmSync(join(early, 'voting-keystore.json')),
    () => mkdirSync(late),
    () => writeFileSync(join(late, 'voting-keystore.json'), '{}'),
    // In place: the folder that it is in stays as it was.
    () => writeFileSync(definitions, '- enabled: false'),
    () => mkdirSync(join(folder, 'secrets')),
    () => rmSync(validators, { recursive: true }),
  ];
  for (const change of changes) {
    const before = told;
    change();
    await expect.poll(() => told, PATIENT).toBeGreaterThan(before);
  }
});

it('vaults have no place that could be watched', () => {
  const vault = { 'type': 'aws', 'region': 'r', 'prefix': 'p', 'timeout-seconds': 1 } as const;
  expect(placesOf([vault])).toEqual(NONE);
});
