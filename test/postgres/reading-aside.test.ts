import { expect, it } from 'vitest';
import type { Guard } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, KEY_A } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

const NAME = 'reading aside';

const looksUp = (guard: Guard) => guard.lookUp([{ ...att(1, 2), pubkey: KEY_A }]);

it('all who look something up share one connection, which is made anew when it was lost', async () => {
  const url = await freshDatabase();
  const sessions = async () =>
    (await queryAt(url, `SELECT pid FROM pg_stat_activity WHERE application_name = '${NAME}'`)).rows.length;
  const guard = await openSigner(`${url}&application_name=${encodeURIComponent(NAME)}`);
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, att(1, 2));
  const reports = await Promise.all(Array.from({ length: 5 }, () => looksUp(guard)));
  expect(new Set(reports.map(({ messages }) => messages[0]?.verdict))).toEqual(new Set(['signed']));
  expect(await sessions()).toBe(1);
  await queryAt(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${NAME}'`,
  );
  await expect.poll(sessions, { timeout: 5000 }).toBe(0);
  // The end may reach this process a little later.
  await expect
    .poll(() =>
      looksUp(guard).then(
        ({ messages }) => messages[0]?.verdict,
        () => null,
      ),
    )
    .toBe('signed');
  expect(await sessions()).toBe(1);
  await guard.close();
  await expect.poll(sessions, { timeout: 5000 }).toBe(0);
});
