import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

/** Signers that stop while the server is at work on what they said: the time between statements sees neither of them. */

interface Stream {
  readonly connection: { readonly stream: { write(bytes: Uint8Array): void; pause(): void } };
}

/** A session as a signer has it, and its end. */
async function session(url: string, name: string) {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => client.on('end', resolve));
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  await client.query('SET idle_in_transaction_session_timeout = 5000');
  return { client, stream: (client as unknown as Stream).connection.stream, ended };
}

async function world() {
  const url = await freshDatabase();
  const guard = await openSigner(url);
  await guard.admitKey(KEY_A, false);
  const { rows } = await queryAt(url, 'SELECT database_id FROM chain');
  const [{ database_id: id }] = rows as [{ database_id: string }];
  return { url, guard, signer: `vigil signer ${id}` };
}

/** Holds a slot up for a while, and no longer than that. */
async function signsAgain(guard: Guard): Promise<void> {
  expect(await verdict(guard, KEY_A, att(2, 3))).toBe('GUARD_UNAVAILABLE');
  await expect
    .poll(() => verdict(guard, KEY_A, att(2, 3)), { timeout: 40_000, interval: 100 })
    .toBe('released');
}

it('who stops in the middle of a message under locks is ended by who waits for them; others than signers are let be', async () => {
  const { url, guard, signer } = await world();
  const operator = await session(url, 'psql');
  await operator.client.query('SET idle_in_transaction_session_timeout = 0; BEGIN; SELECT 1');
  const paused = await session(url, signer);
  await paused.client.query('BEGIN; SELECT * FROM keys FOR UPDATE');
  // A statement is to be prepared, and what is to be done with it does not come any more.
  paused.stream.write(parseMessage('SELECT 1'));
  await signsAgain(guard);
  await paused.ended;
  expect((await operator.client.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
});

it('who stops while it is sent rows under locks is ended by who waits for them', async () => {
  const { url, guard, signer } = await world();
  const paused = await session(url, signer);
  await paused.client.query('BEGIN');
  paused.stream.pause();
  // More than fits into what lies between the two.
  const rows = `SELECT repeat('x', 1000) FROM keys, generate_series(1, 100000) FOR UPDATE OF keys`;
  paused.client.query(rows).catch(() => undefined);
  await isSent(url);
  await signsAgain(guard);
});

async function isSent(url: string): Promise<void> {
  const sending = `SELECT count(*)::int AS sending FROM pg_stat_activity
    WHERE wait_event = 'ClientWrite' AND datname = current_database()`;
  await expect
    .poll(async () => (await queryAt(url, sending)).rows as unknown, { timeout: 10_000, interval: 20 })
    .toEqual([{ sending: 1 }]);
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function parseMessage(text: string): Uint8Array {
  const query = Buffer.from(text);
  const message = Buffer.alloc(1 + 4 + 1 + query.length + 1 + 2);
  message.write('P');
  message.writeInt32BE(message.length - 1, 1);
  query.copy(message, 6);
  return message;
}
