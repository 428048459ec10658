import { join } from 'node:path';
import pg from 'pg';
import { expect, inject, it, onTestFinished } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import {
  copyTables,
  freshDatabase,
  openSigner,
  openStorage,
  throughPort,
} from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

/** A floor is put down after each of these: at the end of time there would be no room for it. */
const { clock } = clockAt(83);
const ACT = { by: 'a test', reason: 'a test' };

async function proxied(url: string): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
  const proxy = await TcpProxy.to(Number(new URL(inject('postgresUrl')).port));
  onTestFinished(() => proxy.close());
  return { proxy, url: throughPort(url, proxy.port) };
}

/** A signer that let a vote out which a backup lacks: it is put back, and the signer has gone. */
async function afterRestore() {
  const url = await freshDatabase();
  const directory = tempDirectory();
  const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
  const guard = await openSigner(url, options);
  await guard.admitKey(KEY_A, false);
  await guard.admitKey(KEY_B, false);
  // The highest of all keys tells nothing then.
  expect(await verdict(guard, KEY_B, att(8, 10))).toBe('released');
  const putBack = await copyTables(url);
  expect(await verdict(guard, KEY_A, att(8, 9, 1))).toBe('released');
  await guard.close();
  await putBack();
  return { url, options };
}

async function assertAllFrozen(url: string, other: Guard): Promise<void> {
  const { rows } = await queryAt(url, 'SELECT frozen_reason, floor_owed FROM protection');
  expect(rows).toEqual([
    {
      frozen_reason: expect.stringContaining('DB_ROLLED_BACK') as string,
      floor_owed: expect.any(String) as string,
    },
  ]);
  expect(await verdict(other, KEY_A, att(8, 9, 2))).toBe('ALL_FROZEN');
}

it('a freeze that came and went between two looks leaves its floor with whoever did not look', async () => {
  const { url, options } = await afterRestore();
  const still = await openSigner(url, { instance: 'two', clock });
  const third = await openSigner(url, { instance: 'three', clock });
  await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  await third.operator.unfreeze('all', ACT);
  // It learns of the floor with the batch that this vote is in.
  expect(await verdict(still, KEY_A, att(8, 9, 2))).toBe('BELOW_BOOT_FLOOR');
});

it('who sees a rollback at its start stops all others, though somebody waits for the row', async () => {
  const { url, options } = await afterRestore();
  const other = await openSigner(url, { instance: 'two', clock });
  const holder = new pg.Client({ connectionString: url });
  await holder.connect();
  onTestFinished(() => holder.end());
  const { proxy, url: watched } = await proxied(url);
  const waiting: Promise<unknown>[] = [];
  proxy.onQuestion = (chunk) => {
    // Its row is read by then, under the lock.
    if (!chunk.includes('greatest(0')) return;
    if (waiting.length === 0) waiting.push(holder.query('BEGIN; SELECT * FROM protection FOR UPDATE'));
  };
  await expect(openSigner(watched, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  await Promise.all(waiting);
  await holder.query('COMMIT');
  await assertAllFrozen(url, other);
});

it('a process without the anchor that was there in between hides nothing', async () => {
  const { url, options } = await afterRestore();
  const other = await openSigner(url, { instance: 'two', clock });
  const twin = await openSigner(url, { clock });
  // Commits without a record: as many as the anchor knows, and more.
  for (let n = 0; n < 5; n += 1) await twin.probe();
  await twin.close();
  await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  await assertAllFrozen(url, other);
});

it('nor does one that took the place of a signer that was cut off', async () => {
  const url = await freshDatabase();
  const { proxy, url: cut } = await proxied(url);
  const guard = await openSigner(cut, { clock });
  await guard.admitKey(KEY_A, false);
  const putBack = await copyTables(url);
  expect(await verdict(guard, KEY_A, att(8, 9, 1))).toBe('released');
  proxy.cut();
  await expect.poll(() => guard.unavailable?.reason, { timeout: 5000 }).toBe('GUARD_UNAVAILABLE');
  await putBack();
  const other = await openSigner(url, { instance: 'two', clock });
  const twin = await openSigner(url, { clock });
  for (let n = 0; n < 5; n += 1) await twin.probe();
  proxy.mend();
  expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK' });
  await assertAllFrozen(url, other);
});

it('a URL that leads to the database of strangers ends the signer, and leaves them alone', async () => {
  const url = await freshDatabase();
  const { proxy, url: way } = await proxied(url);
  const guard = await openSigner(way, { clock });
  await guard.admitKey(KEY_A, false);
  proxy.cut();
  await expect.poll(() => guard.unavailable?.reason, { timeout: 5000 }).toBe('GUARD_UNAVAILABLE');
  // As a name in the DNS does it: under the same address are other tables from now on.
  const elsewhere = await freshDatabase();
  const stranger = await openSigner(elsewhere, { clock });
  await stranger.admitKey(KEY_A, false);
  const [ours, theirs] = [url, elsewhere].map((one) => /search_path%3D(\w+)/.exec(one)?.[1]);
  await queryAt(url, `ALTER SCHEMA ${ours} RENAME TO ${ours}_away`);
  await queryAt(url, `ALTER SCHEMA ${theirs} RENAME TO ${ours}`);
  proxy.mend();
  expect(await guard.poisoned).toMatchObject({
    code: 'DB_SIGNER_UNKNOWN',
    exitCode: 3,
    message: expect.stringContaining('leads to another database now') as string,
  });
  const found = (await queryAt(url, 'SELECT name, frozen_reason, floor_owed FROM instances, protection'))
    .rows;
  expect(found).toEqual([{ name: 'one', frozen_reason: null, floor_owed: null }]);
  await queryAt(url, `ALTER SCHEMA ${ours} RENAME TO ${theirs}`);
  expect(await verdict(stranger, KEY_A, att(8, 9))).toBe('released');
});

it('nor is anything read there', async () => {
  const [url, elsewhere] = [await freshDatabase(), await freshDatabase()];
  const storage = await openStorage(url);
  const [ours, theirs] = [url, elsewhere].map((one) => /search_path%3D(\w+)/.exec(one)?.[1]);
  await queryAt(url, `ALTER SCHEMA ${ours} RENAME TO ${ours}_away`);
  await queryAt(url, `ALTER SCHEMA ${theirs} RENAME TO ${ours}`);
  await expect(storage.read('all')).rejects.toThrow('the URL leads to another database now');
  await queryAt(url, `ALTER SCHEMA ${ours} RENAME TO ${theirs}`);
  await queryAt(url, `ALTER SCHEMA ${ours}_away RENAME TO ${ours}`);
  expect((await storage.read('all')).keys).toEqual([]);
});
