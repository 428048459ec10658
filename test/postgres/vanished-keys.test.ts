import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, inject, it, onTestFinished } from 'vitest';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { testNetwork } from '../e2e/support/test-network.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { migrated } from '../support/postgres-guards.ts';
import { startDaemon } from '../support/signer-daemon.ts';
import { putNewKey, takeFolderAway } from '../support/signer-key-files.ts';

it('a signer misses at its start the keys that it had, and none of the others on its database', async () => {
  const { folder, spec } = testNetwork();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = await migrated(await emptyDatabase(inject('postgresUrl')), spec.genesisValidatorsRoot);
  /** @returns how many keys are missed by each line that says so, and what its health is */
  const run = async (instance: string) => {
    const dataDir = join(folder, instance);
    const missed: number[] = [];
    const write = (line: string): void => {
      const { code, keys = 0 } = JSON.parse(line) as { code?: string; keys?: number };
      if (code === 'KEYS_VANISHED') missed.push(keys);
    };
    const clock = new SlotClock(spec, Date.now);
    const shared = { url, passwordFile: null, instance };
    const guard = { path: databasePath(dataDir), spec, clock, shared };
    const signer = await startDaemon(dataDir, { spec, guard, log: pino({ level: 'info' }, { write }) });
    const { status } = await fetch(`http://127.0.0.1:${signer.ports.http}/healthcheck`);
    await signer.stop();
    return { missed, status };
  };
  await putNewKey(join(folder, 'one'));
  await putNewKey(join(folder, 'two'));
  await putNewKey(join(folder, 'two'));
  for (const instance of ['one', 'two']) expect(await run(instance)).toEqual({ missed: [], status: 200 });

  await takeFolderAway(join(folder, 'two'));
  expect(await run('two')).toEqual({ missed: [2], status: 503 });
  expect(await run('fresh')).toEqual({ missed: [], status: 200 });
});
