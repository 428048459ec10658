import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

it('a row that somebody keeps locked refuses signatures within a slot, and no longer than that', async () => {
  const url = await freshDatabase();
  const guard = await openSigner(url);
  await guard.admitKey(KEY_A, false);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN; SELECT * FROM keys FOR UPDATE');
  const start = performance.now();
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
  // Two waits of two seconds, on a machine that may be busy; a slot has twelve.
  expect(performance.now() - start).toBeLessThan(9000);
  await client.query('COMMIT');
  await expect.poll(() => guard.unavailable, { timeout: 20_000, interval: 10 }).toBeNull();
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
});
