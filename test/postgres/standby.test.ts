import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyServer } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { openSigner, throughPort } from '../support/postgres-guards.ts';
import {
  databaseOn,
  failOver,
  isBack,
  serverPair,
  syncStates,
  waitingCommits,
  type ServerPair,
} from '../support/postgres-pair.ts';
import { att, block, clockAt, key, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

/* Two real servers each time, one streaming from the other. */

describe('a synchronous standby', () => {
  let pair: ServerPair;
  beforeAll(async () => (pair = await serverPair(true)));
  afterAll(() => pair.stop());

  it('has every record before anything is released; while it is away nothing is', async () => {
    const { primary, replication } = pair;
    const away: (string | null)[] = [];
    const guard = await openSigner(await databaseOn(pair), { onAvailable: (why) => away.push(why) });
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

    // Whoever ends the wait by hand has the primary call the commit done, with a warning and no error.
    replication.cut();
    const cancelled = verdict(guard, KEY_A, att(4, 5));
    await expect.poll(() => waitingCommits(primary), { timeout: 4000, interval: 10 }).toBe(1);
    await primary.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
    expect(await cancelled).toBe('GUARD_UNAVAILABLE');
    expect(away.join('\n')).toContain('the database warns: canceling wait for synchronous replication');
    replication.mend();
    await isBack(guard);
    expect(await verdict(guard, KEY_A, att(4, 5))).toBe('released');
    expect(await verdict(guard, KEY_A, att(4, 5, 2))).toBe('DOUBLE_VOTE');
    expect(await syncStates(primary)).toEqual(['sync']);
  });

  it('is no place to start on, nor to go on with', async () => {
    const { primary, standby, front } = pair;
    const url = await databaseOn(pair);
    const guard = await openSigner(url);
    await guard.admitKey(KEY_A, false);
    await expect(openSigner(throughPort(url, standby.port), { instance: 'two' })).rejects.toMatchObject({
      code: 'DB_UNREACHABLE',
      message: expect.stringContaining('the server is a standby: it takes no records') as string,
    });
    front.target = standby.port;
    front.breakAll();
    await expect.poll(() => guard.unavailable?.reason, { timeout: 5000 }).toBe('GUARD_UNAVAILABLE');
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
    front.target = primary.port;
    await isBack(guard);
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
  });

  it('that is promoted has all that was released, and the signers go on by themselves', async () => {
    const url = await databaseOn(pair);
    const guards = [await openSigner(url, { instance: 'one' }), await openSigner(url, { instance: 'two' })];
    const keys = Array.from({ length: 20 }, (_, n) => key(n + 1));
    for (const guard of guards) await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
    // Released until the moment at which the primary goes.
    const released: [pubkey: (typeof keys)[number], slot: number][] = [];
    const warm = Promise.withResolvers<void>();
    const asking = guards.map(async (guard, at) => {
      const own = keys.filter((_, n) => n % 2 === at);
      for (let slot = 1; guard.unavailable === null; slot += 1) {
        await Promise.all(
          own.map(async (pubkey) => {
            if ((await verdict(guard, pubkey, block(slot))) === 'released') released.push([pubkey, slot]);
          }),
        );
        if (slot === 20) warm.resolve();
      }
    });
    await warm.promise;
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
    const signed = `SELECT encode(pubkey, 'hex') AS pubkey, slot FROM history WHERE verdict = 'signed'`;
    const rows = (await queryAt(url, signed)).rows as { pubkey: string; slot: string }[];
    const recorded = new Set(rows.map((row) => `0x${row.pubkey} ${row.slot}`));
    expect(released.filter(([pubkey, slot]) => !recorded.has(`${pubkey} ${slot}`))).toEqual([]);
    const report = await verifyServer({ url, passwordFile: null });
    expect(report.uncovered).toEqual([]);
    expect(report.instances.map(({ history }) => history.fault)).toEqual([null, null]);
  });
});

describe('an asynchronous standby', () => {
  let pair: ServerPair;
  beforeAll(async () => (pair = await serverPair(false)));
  afterAll(() => pair.stop());

  it('that is promoted without the last commits: who made them sees it, and all are stopped', async () => {
    const { primary, standby, replication } = pair;
    const url = await databaseOn(pair);
    // The floor that a rollback owes has to be one that can be put down.
    const { clock } = clockAt(1000);
    const guard = await openSigner(url, { instance: 'one', clock });
    const other = await openSigner(url, { instance: 'two', clock });
    await guard.admitKey(KEY_A, false);
    await other.admitKey(KEY_B, false);
    const [{ lsn }] = (await primary.query('SELECT pg_current_wal_lsn() AS lsn')).rows as [{ lsn: string }];
    const replayed = `SELECT pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn AS there`;
    await expect
      .poll(async () => (await standby.query(replayed)).rows as unknown, { timeout: 20_000, interval: 10 })
      .toEqual([{ there: true }]);
    replication.cut();
    expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
    await failOver(pair);
    expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
    // What the lost record stood for is not signed a second time, by nobody.
    expect(await verdict(guard, KEY_A, att(2, 3, 2))).toBe('GUARD_UNAVAILABLE');
    await expect.poll(() => other.protection.frozen, { timeout: 20_000, interval: 10 }).not.toBeNull();
    expect(await verdict(other, KEY_B, att(2, 3))).toBe('ALL_FROZEN');
    // The floor was put down with the first message that was asked for: whoever thaws the keys signs above it.
    const { rows } = await queryAt(url, 'SELECT frozen_reason, floor_target FROM protection');
    expect(rows).toEqual([
      {
        frozen_reason: expect.stringContaining('DB_ROLLED_BACK, seen by the signer one') as string,
        floor_target: '125',
      },
    ]);
  });
});
