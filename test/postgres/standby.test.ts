import { expect, it } from 'vitest';
import { verifyServer } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { openSigner, throughPort } from '../support/postgres-guards.ts';
import {
  failOver,
  isBack,
  serverPair,
  signerOn,
  syncStates,
  waitingCommits,
} from '../support/postgres-pair.ts';
import { att, block, clockAt, key, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

/* Two real servers, one streaming from the other. onTestFinished runs backwards: the standby goes before its primary. */

it('a synchronous standby: nothing is released before it has the record, nor while it is away', async () => {
  const pair = await serverPair(true);
  const { primary, replication } = pair;
  const guard = await signerOn(pair);
  await guard.admitKey(KEY_A, false);
  expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');

  // As long as what is said to the standby takes.
  replication.latencyMs = 400;
  const start = performance.now();
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  expect(performance.now() - start).toBeGreaterThanOrEqual(399);
  replication.latencyMs = 0;

  replication.cut();
  const asked = verdict(guard, KEY_A, att(3, 4));
  let released = false;
  void asked.then((outcome) => (released = outcome === 'released'));
  await expect.poll(() => waitingCommits(primary), { timeout: 4000, interval: 10 }).toBe(1);
  expect(released).toBe(false);
  expect(await asked).toBe('GUARD_UNAVAILABLE');
  // Asked again, before it is known what became of the first.
  expect(await verdict(guard, KEY_A, att(3, 4))).toBe('GUARD_UNAVAILABLE');

  replication.mend();
  await isBack(guard);
  expect(await verdict(guard, KEY_A, att(3, 4))).toBe('released');
  expect(await verdict(guard, KEY_A, att(3, 4, 2))).toBe('DOUBLE_VOTE');
  expect(await syncStates(primary)).toEqual(['sync']);
});

it('a synchronous standby that is promoted has all that was released, and the signers go on by themselves', async () => {
  const pair = await serverPair(true);
  const guards = [await signerOn(pair, { instance: 'one' }), await signerOn(pair, { instance: 'two' })];
  const keys = Array.from({ length: 20 }, (_, n) => key(n + 1));
  for (const guard of guards) await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
  // Released until the moment at which the primary goes.
  const released: [pubkey: (typeof keys)[number], slot: number][] = [];
  const killed = Promise.withResolvers<void>();
  const asking = guards.map(async (guard, at) => {
    for (let slot = 1; guard.unavailable === null; slot += 1) {
      await Promise.all(
        keys
          .filter((_, n) => n % 2 === at)
          .map(async (pubkey) => {
            if ((await verdict(guard, pubkey, block(slot))) === 'released') released.push([pubkey, slot]);
          }),
      );
      if (slot === 20) killed.resolve();
    }
  });
  await killed.promise;
  await failOver(pair);
  await Promise.all(asking);
  await Promise.all(guards.map(isBack));
  expect(released.length).toBeGreaterThanOrEqual(200);
  for (const pubkey of keys) {
    const last = Math.max(...released.filter(([of]) => of === pubkey).map(([, slot]) => slot));
    for (const guard of guards) {
      expect(await verdict(guard, pubkey, block(last, 2))).not.toBe('released');
    }
  }
  expect(await verdict(guards[0]!, KEY_A, block(9999))).toBe('released');
  const { rows } = await queryAt(
    pair.url,
    `SELECT encode(pubkey, 'hex') AS pubkey, slot FROM history WHERE verdict = 'signed'`,
  );
  const recorded = new Set(
    (rows as { pubkey: string; slot: string }[]).map((row) => `0x${row.pubkey} ${row.slot}`),
  );
  expect(released.filter(([pubkey, slot]) => !recorded.has(`${pubkey} ${slot}`))).toEqual([]);
  const report = await verifyServer({ url: pair.url, passwordFile: null });
  expect(report.uncovered).toEqual([]);
  expect(report.instances.map(({ history }) => history.fault)).toEqual([null, null]);
});

it('an asynchronous standby that is promoted without the last commits: seen by who made them, and all are stopped', async () => {
  const pair = await serverPair(false);
  // The floor that a rollback owes has to be one that can be put down.
  const { clock } = clockAt(1000);
  const guard = await signerOn(pair, { instance: 'one', clock });
  const other = await signerOn(pair, { instance: 'two', clock });
  await guard.admitKey(KEY_A, false);
  await other.admitKey(KEY_B, false);
  const [{ lsn }] = (await pair.primary.query('SELECT pg_current_wal_lsn() AS lsn')).rows as [
    { lsn: string },
  ];
  await expect
    .poll(
      async () =>
        (await pair.standby.query(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn AS there`))
          .rows as unknown,
      { timeout: 20_000, interval: 10 },
    )
    .toEqual([{ there: true }]);
  pair.replication.cut();
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  await failOver(pair);
  expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
  // What the lost record stood for is not signed a second time, by nobody.
  expect(await verdict(guard, KEY_A, att(2, 3, 2))).toBe('GUARD_UNAVAILABLE');
  await expect.poll(() => other.protection.frozen, { timeout: 20_000, interval: 10 }).not.toBeNull();
  expect(await verdict(other, KEY_B, att(2, 3))).toBe('ALL_FROZEN');
  // It was put down with the first message that was asked for: whoever thaws the keys signs above it.
  const { rows } = await queryAt(pair.url, 'SELECT frozen_reason, floor_target FROM protection');
  expect(rows).toEqual([
    {
      frozen_reason: expect.stringContaining('DB_ROLLED_BACK, seen by the signer one') as string,
      floor_target: '125',
    },
  ]);
});

it('a standby is no place to start on, nor to go on with: not before it is the primary', async () => {
  const pair = await serverPair(true);
  const onStandby = throughPort(pair.url, pair.standby.port);
  await expect(openSigner(onStandby)).rejects.toMatchObject({
    code: 'DB_UNREACHABLE',
    message: expect.stringContaining('the server is a standby: it takes no records') as string,
  });
  const guard = await signerOn(pair);
  await guard.admitKey(KEY_A, false);
  pair.front.target = pair.standby.port;
  pair.front.breakAll();
  await expect.poll(() => guard.unavailable?.reason, { timeout: 5000 }).toBe('GUARD_UNAVAILABLE');
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
  await failOver(pair);
  await isBack(guard);
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
});
