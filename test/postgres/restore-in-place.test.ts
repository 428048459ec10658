import { describe, expect, it } from 'vitest';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { verdict } from '../support/temp-guard.ts';

const TABLES = ['keys', 'instances', 'protection', 'history'];

const backUp = (url: string) =>
  queryAt(url, TABLES.map((name) => `CREATE TABLE backup_${name} AS TABLE ${name}`).join(';'));

/** As `pg_restore --clean --single-transaction` does it: no connection breaks. */
const putBack = (url: string) =>
  queryAt(
    url,
    [
      'BEGIN',
      ...TABLES.map((name) => `DELETE FROM ${name}; INSERT INTO ${name} SELECT * FROM backup_${name}`),
      'COMMIT',
    ].join(';'),
  );

async function frozenReason(url: string): Promise<string | null> {
  const { rows } = await queryAt(url, 'SELECT frozen_reason FROM protection');
  return (rows as { frozen_reason: string | null }[])[0]!.frozen_reason;
}

describe('a backup that is put back under signers that run', () => {
  it.each([
    ['the next signature', (guard) => verdict(guard, KEY_A, att(8, 9))],
    ['the next act', (guard) => guard.deleteKeys([KEY_A]).catch(() => undefined)],
    ['the next look, though nobody asks for anything', () => Promise.resolve()],
  ] satisfies [string, (guard: Awaited<ReturnType<typeof openSigner>>) => Promise<unknown>][])(
    'is seen with %s, and stops all signers',
    async (_what, next) => {
      const url = await freshDatabase();
      // The floor that a rollback owes has to be one that can be put down.
      const { clock } = clockAt(1000);
      const guard = await openSigner(url, { clock });
      const other = await openSigner(url, { instance: 'two', clock });
      await guard.admitKey(KEY_A, false);
      await other.admitKey(KEY_B, false);
      await backUp(url);
      expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
      await putBack(url);
      await next(guard);
      expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
      expect(await frozenReason(url)).toContain('DB_ROLLED_BACK, seen by the signer one');
      expect(await verdict(other, KEY_B, att(8, 9))).toBe('ALL_FROZEN');
    },
  );

  it('is seen by a signer that lost acts of others alone', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url);
    await guard.admitKey(KEY_A, false);
    const other = await openSigner(url, { instance: 'two' });
    await backUp(url);
    await other.admitKey(KEY_B, false);
    await other.close();
    await expect.poll(() => guard.statusOf(KEY_B).state, { timeout: 5000 }).toBe('active');
    await putBack(url);
    expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await frozenReason(url)).toContain('acts on keys are missing');
  });

  it('is not what a second process of the same signer is taken for', async () => {
    const url = await freshDatabase();
    const first = await openSigner(url);
    await first.admitKey(KEY_A, false);
    await openSigner(url);
    expect(await first.poisoned).toMatchObject({ code: 'DB_FENCED', exitCode: 3 });
    expect(await frozenReason(url)).toBeNull();
  });
});
