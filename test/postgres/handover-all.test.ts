import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { createProgram } from '../../cli/program.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { decodeReceipt, readServerStatus } from '../../slashing-db/index.ts';
import { testNetwork } from '../e2e/support/test-network.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { migrated } from '../support/postgres-guards.ts';
import { startDaemon } from '../support/signer-daemon.ts';
import { putNewKey } from '../support/signer-key-files.ts';

/** Two signers of one database, each with keys of its own, and an operator at the data directory of the first. */
async function shards() {
  const { folder, flags, spec } = testNetwork();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = await migrated(await emptyDatabase(inject('postgresUrl')), spec.genesisValidatorsRoot);
  const clock = new SlotClock(spec, Date.now);
  const start = (instance: string) => {
    const dataDir = join(folder, instance);
    const shared = { url, passwordFile: null, instance };
    return startDaemon(dataDir, { spec, guard: { path: databasePath(dataDir), spec, clock, shared } });
  };
  const dataDir = join(folder, 'one');
  const own = [await putNewKey(dataDir), await putNewKey(dataDir)].sort();
  const other = await putNewKey(join(folder, 'two'));
  const outEpoch = clock.currentEpoch() + 100n;
  const receipt = join(folder, 'receipt.json');
  /** @returns the keys of the receipt */
  const handOverAll = async () => {
    const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    try {
      const verb = ['keys', 'handover', '--all', '--out-epoch', `${outEpoch}`, '--yes', '--out', receipt];
      const at = ['--data-dir', dataDir, '--slashing-db', url, '--instance', 'one'];
      const argv = ['node', 'vigil', ...verb, ...flags, ...at];
      await (await createProgram(argv)).parseAsync(argv);
    } finally {
      write.mockRestore();
    }
    return decodeReceipt(readFileSync(receipt, 'utf8')).pubkeys.toSorted();
  };
  const handedOver = async () => {
    const { controls } = await readServerStatus({ url, passwordFile: null });
    return [...controls]
      .flatMap(([pubkey, control]) => (control.outEpoch === outEpoch ? [pubkey] : []))
      .sort();
  };
  const activeKeys = async () => {
    const { keys } = await readServerStatus({ url, passwordFile: null });
    return keys.flatMap(({ pubkey, state }) => (state === 'active' ? [pubkey] : [])).sort();
  };
  return { dataDir, own, other, start, handOverAll, handedOver, activeKeys };
}

it('a running signer hands over all keys that are its own, and none of another shard', async () => {
  const { dataDir, own, other, start, handOverAll, handedOver, activeKeys } = await shards();
  // What does not open is its own all the same, once it did: the key has history in the database.
  await (await start('one')).stop();
  writeFileSync(join(dataDir, 'secrets', own[0]!), 'wrong');
  await start('two');
  await start('one');
  expect(await handOverAll()).toEqual(own);
  expect(await handedOver()).toEqual(own);
  expect(await activeKeys()).toEqual([...own, other].sort());
});

it('a data directory without its signer hands over the keys that it has', async () => {
  const { dataDir, own, start, handOverAll, handedOver } = await shards();
  await start('two');
  await (await start('one')).stop();
  const configuration = join(dataDir, 'vigil.yaml');
  writeFileSync(configuration, 'key-sources: sources.yaml\n');
  const refused = handOverAll();
  await expect(refused).rejects.toMatchObject({ code: 'BAD_ARGUMENT', exitCode: 2 });
  await expect(refused).rejects.toThrow('name them');
  expect(await handedOver()).toEqual([]);
  rmSync(configuration);
  expect(await handOverAll()).toEqual(own);
  expect(await handedOver()).toEqual(own);
});
