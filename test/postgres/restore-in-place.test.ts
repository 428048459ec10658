import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { queryAt } from '../support/postgres.ts';
import { copyTables, freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A, KEY_B } from '../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'a test' };

/** A floor is put down with the freeze: at the end of time there would be no room for it. */
const { clock } = clockAt(83);

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
      const guard = await openSigner(url, { clock });
      const other = await openSigner(url, { instance: 'two', clock });
      await guard.admitKey(KEY_A, false);
      await other.admitKey(KEY_B, false);
      const putBack = await copyTables(url);
      expect(await verdict(guard, KEY_A, att(2, 3))).toBe('released');
      await putBack();
      await next(guard);
      expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
      expect(await frozenReason(url)).toContain('DB_ROLLED_BACK, seen by the signer one');
      expect(await verdict(other, KEY_B, att(8, 9))).toBe('ALL_FROZEN');
    },
  );

  it('leaves its trace, and a floor owed, though everything is frozen already', async () => {
    const url = await freshDatabase();
    const directory = tempDirectory();
    const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
    const guard = await openSigner(url, options);
    const other = await openSigner(url, { instance: 'two', clock });
    await guard.admitKey(KEY_A, false);
    const putBack = await copyTables(url);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
    await guard.close();
    await putBack();
    await other.operator.freeze('all', ACT);
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await frozenReason(url)).toMatch(/DB_ROLLED_BACK, seen by the signer one.*; frozen also: a test$/);
    await other.operator.unfreeze('all', ACT);
    expect(await verdict(other, KEY_A, att(8, 9, 2))).not.toBe('released');
  });

  it('leaves its trace when an operator freezes all later, of which clients learn no address', async () => {
    const url = await freshDatabase();
    const directory = tempDirectory();
    const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
    const guard = await openSigner(url, options);
    await guard.admitKey(KEY_A, false);
    await guard.close();
    await queryAt(url, 'UPDATE instances SET sequence = sequence - 1');
    for (let round = 0; round < 2; round += 1) {
      await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    }
    const trace = await frozenReason(url);
    expect(trace).toContain('postgresql://');
    // So that the floor is still owed when the keys are frozen once more.
    let doubt: string | null = 'a test';
    const other = await openSigner(url, { instance: 'two', clock, clockDoubt: () => doubt });
    await other.operator.freeze('all', ACT);
    expect(await frozenReason(url)).toBe(`${trace}; frozen also: ${ACT.reason}`);
    expect(other.protection.floorOwed).toBe('the database lost records');
    doubt = null;
    const refused = await other.release(KEY_A, att(8, 9), () => Promise.resolve('signed'));
    if (refused.kind !== 'refused') throw new Error('it was signed');
    // The log has what the operator wants to know.
    expect(refused.detail).toContain(trace);
    expect(refused.told).toMatch(/^frozen since [^ ]+: DB_ROLLED_BACK; frozen also: a test$/);
  });

  it('is seen though all is frozen and a floor is owed, each time once', async () => {
    const url = await freshDatabase();
    const directory = tempDirectory();
    const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
    const guard = await openSigner(url, options);
    await guard.admitKey(KEY_A, false);
    await guard.operator.freeze('all', ACT);
    await guard.close();
    await queryAt(url, `UPDATE instances SET sequence = sequence - 1`);
    await queryAt(url, `UPDATE protection SET floor_owed = 'a test'`);
    for (let round = 0; round < 3; round += 1) {
      await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
      await queryAt(
        url,
        `UPDATE protection SET floor_owed = CASE WHEN ${round} = 0 THEN NULL ELSE 'a test' END`,
      );
    }
    expect((await frozenReason(url))?.match(/DB_ROLLED_BACK, seen/g)).toHaveLength(1);
    expect(await frozenReason(url)).toMatch(/; frozen also: a test$/);
  });

  it('is seen by a signer whose row was not there yet when the backup was made', async () => {
    const url = await freshDatabase();
    const other = await openSigner(url, { instance: 'two', clock });
    await other.admitKey(KEY_A, false);
    const putBack = await copyTables(url);
    const directory = tempDirectory();
    const options = { path: join(directory, 'slashing.sqlite'), anchors: [join(directory, 'anchor')], clock };
    const guard = await openSigner(url, options);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
    await guard.close();
    await putBack();
    await expect(openSigner(url, options)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await frozenReason(url)).toContain('DB_ROLLED_BACK, seen by the signer one');
    expect(await verdict(other, KEY_A, att(8, 9, 2))).not.toBe('released');
  });

  it('leaves a floor owed: who lifts the freeze signs nothing of the time that was lost', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { clock });
    const other = await openSigner(url, { instance: 'two', clock });
    await guard.admitKey(KEY_A, false);
    await other.admitKey(KEY_A, false);
    const putBack = await copyTables(url);
    expect(await verdict(guard, KEY_A, att(8, 10))).toBe('released');
    await putBack();
    await guard.poisoned;
    expect(await verdict(other, KEY_A, att(8, 10, 2))).toBe('ALL_FROZEN');
    await other.operator.unfreeze('all', ACT);
    expect(await verdict(other, KEY_A, att(8, 10, 2))).toBe('BELOW_BOOT_FLOOR');
    expect(other.protection.floor).toEqual({ slot: 84n, source: 9n, target: 10n });
  });

  it('is not taken for one of the acts that were lost', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { clock });
    const other = await openSigner(url, { instance: 'two', clock });
    await guard.admitKey(KEY_A, false);
    const putBack = await copyTables(url);
    // One act, which the database then lacks: the freeze must not be the one that the other knows by that number.
    await guard.admitKey(KEY_B, false);
    await expect.poll(() => other.statusOf(KEY_B).state, { timeout: 5000 }).toBe('active');
    await putBack();
    expect(await guard.poisoned).toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(['ALL_FROZEN', 'GUARD_UNAVAILABLE']).toContain(await verdict(other, KEY_A, att(2, 3)));
  });

  it('is seen by a signer that lost acts of others alone', async () => {
    const url = await freshDatabase();
    const guard = await openSigner(url, { clock });
    await guard.admitKey(KEY_A, false);
    const other = await openSigner(url, { instance: 'two', clock });
    const putBack = await copyTables(url);
    await other.admitKey(KEY_B, false);
    await other.close();
    await expect.poll(() => guard.statusOf(KEY_B).state, { timeout: 5000 }).toBe('active');
    await putBack();
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
