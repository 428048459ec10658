import { expect, it, onTestFinished } from 'vitest';
import { CAPACITY } from '../../../signer/bls/job-table.ts';
import { SigningPool } from '../../../signer/bls/signing-pool.ts';
import { SelfTest } from '../../../signer/self-test.ts';
import { readHistory } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { startDaemon } from '../../support/signer-daemon.ts';
import { startSignerFixture } from '../../support/signer-fixture.ts';
import { exportOf, openTestGuard, tempDatabase, tempDirectory } from '../../support/temp-guard.ts';

const refused = { code: 'SELF_TEST_FAILED' };

function startedPool(): SigningPool {
  const pool = new SigningPool({ threads: 1 });
  onTestFinished(() => pool.close());
  pool.start();
  return pool;
}

it('fails when the guard cannot record', async () => {
  const guard = openTestGuard(tempDatabase());
  const test = new SelfTest(guard, startedPool());
  await test.run();
  await guard.close();
  await expect(test.run()).rejects.toMatchObject(refused);
});

it('fails when another process has taken the database over, even if nobody asks for a signature', async () => {
  const { guard, pool, dataDir } = await startSignerFixture();
  const { default: Database } = await import('better-sqlite3');
  const test = new SelfTest(guard, pool);
  await test.run();
  const other = new Database(databasePath(dataDir));
  other.prepare('UPDATE fence SET generation = generation + 1').run();
  other.close();
  await expect(test.run()).rejects.toMatchObject(refused);
  expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
});

it('fails when no thread signs', async () => {
  const guard = openTestGuard(tempDatabase());
  const pool = new SigningPool({ threads: 1 });
  onTestFinished(() => pool.close());
  await expect(new SelfTest(guard, pool).run()).rejects.toMatchObject(refused);
});

it('fails when a thread signs with another key than it was told', async () => {
  const guard = openTestGuard(tempDatabase());
  const pool = startedPool();
  const test = new SelfTest(guard, pool);
  // The memory of a key gone bad; a root that is 1 is a key all the same.
  pool.secretKeys.view(0).fill(0).set([1], 31);
  await expect(test.run()).rejects.toMatchObject(refused);
});

it('does not fail because the queue is full, but waits its turn', async () => {
  const guard = openTestGuard(tempDatabase());
  const pool = startedPool();
  const test = new SelfTest(guard, pool);
  const places = Array.from({ length: CAPACITY }, () => pool.takePlace('proposal')!);
  // The first look at the queue is at once, and finds it full.
  const run = test.run();
  for (const place of places) place.leave();
  await run;
  expect(pool.queued).toBe(0);
});

it('leaves no key, no record and no export behind', async () => {
  const { guard, pool, keyring, dataDir, url, pubkeys } = await startSignerFixture({ keys: 2 });
  const test = new SelfTest(guard, pool);
  const seen = () =>
    readHistory(databasePath(dataDir), [], ({ records }) =>
      JSON.stringify([...records()], (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)),
    );
  const before = { history: seen(), text: exportOf(guard), keys: guard.listKeys() };
  for (let run = 0; run < 5; run += 1) await test.run();
  expect({ history: seen(), text: exportOf(guard), keys: guard.listKeys() }).toEqual(before);
  expect(keyring.pubkeys()).toEqual([...pubkeys].sort());
  const listed = (await (await fetch(`${url}/api/v1/eth2/publicKeys`)).json()) as string[];
  expect(listed.sort()).toEqual([...pubkeys].sort());
});

it('of a whole daemon says how many keys there are and what is down', async () => {
  const signer = await startDaemon(tempDirectory());
  expect(await signer.selfTest()).toBe('0 keys; all checks up');
});
