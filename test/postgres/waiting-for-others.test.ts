import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { epoch, type Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner, waitsForALock } from '../support/postgres-guards.ts';
import { att, block, clockAt, key, KEY_A } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

/** What another one is about to commit is waited for, and counts: each lock of the statements on its own. */

const ACT = { by: 'a test', reason: 'a test' };

async function world() {
  const url = await freshDatabase();
  const guard = await openSigner(url, { clock: clockAt(1000).clock });
  await guard.admitKey(KEY_A, false);
  expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  return { url, guard, other };
}

/** Asks the guard in the middle of another one's transaction, which ends when the guard waits for it. */
async function inTheMiddle<T>(
  { url, guard, other }: Awaited<ReturnType<typeof world>>,
  sql: string,
  ask: (guard: Guard) => Promise<T>,
): Promise<T> {
  await other.query(`BEGIN; ${sql}`);
  const asked = ask(guard);
  asked.catch(() => undefined);
  await waitsForALock(url);
  await other.query('COMMIT');
  return asked;
}

const VOTE = `UPDATE keys SET source = 2, target = 3, vote_root = decode(repeat('ab', 32), 'hex')`;
const TAKEN_OVER = `UPDATE instances SET owner = 'another', generation = generation + 1`;

it('a vote', async () => {
  const all = await world();
  expect(await inTheMiddle(all, VOTE, (guard) => verdict(guard, KEY_A, att(2, 3)))).toBe('DOUBLE_VOTE');
});

it('a block', async () => {
  const all = await world();
  const sql = `UPDATE keys SET slot = 9, block_root = decode(repeat('ab', 32), 'hex')`;
  expect(await inTheMiddle(all, sql, (guard) => verdict(guard, KEY_A, block(9)))).toBe('DOUBLE_PROPOSAL');
});

it('a deletion', async () => {
  const all = await world();
  const sql = `UPDATE protection SET revision = revision + 1;
    UPDATE keys SET state = 'deleted', revision = (SELECT revision FROM protection)`;
  expect(await inTheMiddle(all, sql, (guard) => verdict(guard, KEY_A, att(2, 3)))).toBe('KEY_DELETED');
});

it('another process in this signer`s place, before a signature', async () => {
  const all = await world();
  const asked = inTheMiddle(all, TAKEN_OVER, (guard) => verdict(guard, KEY_A, att(2, 3)));
  expect(await asked).toBe('GUARD_UNAVAILABLE');
  expect(await all.guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
  expect((await queryAt(all.url, 'SELECT target FROM keys')).rows).toEqual([{ target: '2' }]);
});

it('another process in this signer`s place, before an act', async () => {
  const all = await world();
  const asked = inTheMiddle(all, TAKEN_OVER, (guard) => guard.deleteKeys([KEY_A]));
  await expect(asked).rejects.toMatchObject({ code: 'DB_FENCED' });
  expect((await queryAt(all.url, 'SELECT state FROM keys')).rows).toEqual([{ state: 'active' }]);
});

it('a vote, before an act that depends on it', async () => {
  const all = await world();
  const asked = inTheMiddle(all, VOTE, (guard) => guard.operator.handOver([KEY_A], epoch(3n), ACT));
  await expect(asked).rejects.toThrow('the earliest --out-epoch is 4');
});

it('an act, before another act: neither is forgotten', async () => {
  const all = await world();
  const sql = `UPDATE protection SET revision = revision + 1, frozen_reason = 'theirs', frozen_since_ms = 1`;
  await inTheMiddle(all, sql, (guard) => guard.operator.freeze([KEY_A], ACT));
  expect(all.guard.protection.frozen).toMatchObject({ reason: 'theirs' });
  expect(await verdict(all.guard, KEY_A, att(2, 3))).toBe('ALL_FROZEN');
  const { rows } = await queryAt(
    all.url,
    `SELECT frozen_reason FROM keys UNION ALL SELECT frozen_reason FROM protection`,
  );
  expect(rows).toEqual([{ frozen_reason: 'a test' }, { frozen_reason: 'theirs' }]);
});

it.each<[string, (guard: Guard, keys: readonly Pubkey[]) => Promise<unknown>]>([
  ['a batch', (guard, keys) => Promise.all(keys.map((pubkey) => verdict(guard, pubkey, att(2, 3))))],
  ['an act', (guard, keys) => guard.operator.freeze(keys, ACT)],
])('%s locks keys in their order, as all do: no two signers wait for each other', async (_what, ask) => {
  const { url, guard, other } = await world();
  const keys = Array.from({ length: 20 }, (_, n) => key(n + 1)).sort();
  await Promise.all(keys.map((pubkey) => guard.admitKey(pubkey, false)));
  const [first, ...rest] = keys.map((pubkey) => `'\\x${pubkey.slice(2)}'`);
  await other.query(`BEGIN; SELECT FROM keys WHERE pubkey = ${first} FOR UPDATE`);
  const asked = ask(guard, keys.toReversed());
  await waitsForALock(url);
  // While it waits for the first it holds none of the others.
  await other.query(`SELECT FROM keys WHERE pubkey IN (${rest.join(',')}) FOR UPDATE NOWAIT`);
  await other.query('COMMIT');
  await asked;
});
