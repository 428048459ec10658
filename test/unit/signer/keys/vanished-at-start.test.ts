import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import type { SignerOptions } from '../../../../signer/signer-options.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { startSignerFixture } from '../../../support/signer-fixture.ts';
import { takeFolderAway } from '../../../support/signer-key-files.ts';

/** A data directory whose signer is stopped. */
async function stopped(keys: number) {
  const signer = await startSignerFixture({ keys });
  await signer.close();
  return signer;
}

async function start(dataDir: string, options: Partial<SignerOptions> = {}) {
  const told: { keys?: number }[] = [];
  const write = (line: string): void => {
    const entry = JSON.parse(line) as { code?: string; keys?: number };
    if (entry.code === 'KEYS_VANISHED') told.push(entry);
  };
  const signer = await startDaemon(dataDir, {
    log: pino({ level: 'info' }, { write }),
    ...options,
  });
  const health = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${signer.ports.http}/healthcheck`)).status;
  return { told, health, reload: () => signer.reload() };
}

it.each([
  ['is not there', false],
  ['is what a volume leaves behind', true],
])('a folder of keystores that %s at the start is told of, until they are back', async (_, empty) => {
  const { dataDir } = await stopped(2);
  const putBack = await takeFolderAway(dataDir);
  if (empty) await mkdir(join(dataDir, 'keys'));
  const { told, health, reload } = await start(dataDir);
  expect(told).toMatchObject([{ keys: 2 }]);
  expect(await health()).toBe(503);
  await putBack();
  await reload();
  await expect.poll(health, { timeout: 30_000 }).toBe(200);
});

it('one keystore of several that is gone is no such thing', async () => {
  const { dataDir, pubkeys } = await stopped(2);
  await rm(join(dataDir, 'keys', `${pubkeys[0]!}.json`));
  const { told, health } = await start(dataDir);
  expect([told, await health()]).toEqual([[], 200]);
});

it('keys that were deleted or handed over are not missed', async () => {
  const signer = await startSignerFixture({ keys: 2 });
  const [deleted, handedOver] = [signer.pubkeys[0]!, signer.pubkeys[1]!];
  await signer.keyManager.deleteKey(deleted);
  await signer.guard.operator.handOver([handedOver], epoch(1000n), { by: 'test', reason: 'moves' });
  await signer.close();
  await takeFolderAway(signer.dataDir);
  const { told, health } = await start(signer.dataDir);
  expect([told, await health()]).toEqual([[], 200]);
});

it('keys that a source has are not missed in the data directory', async () => {
  const { dataDir } = await stopped(1);
  await rename(join(dataDir, 'keys'), join(dataDir, 'teku'));
  await rename(join(dataDir, 'secrets'), join(dataDir, 'passwords'));
  const file = join(dataDir, 'sources.yaml');
  await writeFile(file, 'sources:\n  - {type: teku, path: teku, passwords: passwords}\n');
  expect((await start(dataDir, { keySources: file })).told).toEqual([]);
});
