import { beforeEach, describe, expect, it } from 'vitest';
import { epoch } from '../../../../core/units.ts';
import { acceptRollback, importInterchangeFile, type Guard } from '../../../../slashing-db/index.ts';
import { storedHistory } from '../../../support/any-history.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { attEntry, blockEntry, documentOf, keyEntry, streamOf } from '../../../support/interchange-text.ts';
import { att, block, KEY_A, KEY_B } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'a test' };

let world: DisasterWorld;

/** Signed up to block 82 and vote 8 -> 10; the copy put back knows only vote 7 -> 8. */
beforeEach(async () => {
  world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  await guard.admitKey(KEY_B, false);
  await verdict(guard, KEY_A, att(7, 8));
  await guard.close();
  const restore = await world.copyAny();
  const later = await world.openAny();
  expect(await verdict(later, KEY_A, att(8, 10))).toBe('released');
  expect(await verdict(later, KEY_B, block(82))).toBe('released');
  await later.close();
  await restore();
});

const historyTypes = async (): Promise<string[]> =>
  (await storedHistory(world.path)).records.map(({ type }) => type);

describe('accepting a rollback', () => {
  it('raises all keys above the present, records who and why, and lets the next start through', async () => {
    const { found, accepted } = await acceptRollback(await world.anyOptions(), ACT);
    expect(found).toContain('anchor');
    expect(accepted).toMatchObject({ owed: null, frozen: false });
    expect(accepted?.floor).toEqual({ slot: 84n, source: 9n, target: 10n });
    expect(await historyTypes()).toContain('accept-rollback');
    const guard = await world.openAny();
    expect(await verdict(guard, KEY_A, att(8, 10, 2))).toBe('BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_B, block(82, 2))).toBe('BELOW_BOOT_FLOOR');
    world.time.moveTo(88);
    expect(await verdict(guard, KEY_A, att(10, 11))).toBe('released');
  });

  it('under a clock that went back only to what the anchor remembers; the rest is owed until it is right', async () => {
    world.time.moveTo(40);
    const { accepted } = await acceptRollback(await world.anyOptions(), ACT);
    expect(accepted).toMatchObject({ floor: { slot: 82n, target: 10n }, owed: expect.any(String) as string });
    const guard = await world.openAny();
    world.time.moveTo(104);
    expect(await verdict(guard, KEY_A, att(11, 12, 2))).toBe('BELOW_BOOT_FLOOR');
    expect(guard.protection.floor).toMatchObject({ target: 13n });
  });

  it('withdraws what was said of single sources under the floor before', async () => {
    await acceptRollback(await world.anyOptions(), ACT);
    const guard = await world.openAny();
    await guard.operator.overrideFloor(KEY_A, epoch(4n), ACT);
    await guard.close();
    const restore = await world.copyAny();
    const later = await world.openAny();
    world.time.moveTo(96);
    expect(await verdict(later, KEY_A, att(11, 12))).toBe('released');
    await later.close();
    await restore();
    await acceptRollback(await world.anyOptions(), ACT);
    world.time.moveTo(112);
    expect(await verdict(await world.openAny(), KEY_A, att(7, 14))).toBe('SOURCE_BELOW_BOOT_FLOOR');
  });

  it.each([
    ['a hand-over', (guard: Guard) => guard.operator.handOver([KEY_A], epoch(13n), ACT)],
    ['a freeze', (guard: Guard) => guard.operator.freeze([KEY_A], ACT)],
    ['a deletion', (guard: Guard) => guard.deleteKeys([KEY_A])],
  ])('freezes all keys when %s was lost with the records', async (_what, lost) => {
    await acceptRollback(await world.anyOptions(), ACT);
    const restore = await world.copyAny();
    const guard = await world.openAny();
    await lost(guard);
    await guard.close();
    await restore();
    const { accepted } = await acceptRollback(await world.anyOptions(), ACT);
    expect(accepted?.frozen).toBe(true);
    world.time.moveTo(112);
    expect(await verdict(await world.openAny(), KEY_B, att(13, 14))).toBe('ALL_FROZEN');
  });

  it('of a database that is gone makes a new one above the floor', async () => {
    world.lose();
    await acceptRollback(await world.anyOptions(), ACT);
    const guard = await world.openAny();
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(8, 10, 2))).toBe('BELOW_BOOT_FLOOR');
  });
});

describe('importing after a rollback', () => {
  const file = (target: number, slot: number) =>
    streamOf(documentOf(keyEntry(KEY_A, [], [attEntry(8, target)]), keyEntry(KEY_B, [blockEntry(slot)])));

  it.each([
    [9, 82],
    [10, 81],
  ])('a file up to target %i and slot %i is too old and changes nothing', async (target, slot) => {
    const attempt = importInterchangeFile(await world.anyOptions(), file(target, slot), { by: 'tester' });
    await expect(attempt).rejects.toMatchObject({ code: 'ROLLBACK_IMPORT_TOO_OLD', exitCode: 3 });
    await expect(world.openAny()).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
  });

  it('a file that reaches what was lost is the way out, above the present', async () => {
    const report = await importInterchangeFile(await world.anyOptions(), file(10, 82), { by: 'tester' });
    expect(report).toMatchObject({ keys: 2, raised: 2, accepted: { frozen: false } });
    const guard = await world.openAny();
    expect(await verdict(guard, KEY_A, att(8, 10, 2))).toBe('BELOW_BOOT_FLOOR');
    world.time.moveTo(88);
    expect(await verdict(guard, KEY_B, block(88))).toBe('released');
    expect(await verdict(guard, KEY_A, att(9, 11))).toBe('released');
  });

  it('is safe even if the file lacks a key', async () => {
    const partial = streamOf(documentOf(keyEntry(KEY_B, [blockEntry(82)], [attEntry(8, 10)])));
    await importInterchangeFile(await world.anyOptions(), partial, { by: 'tester' });
    const guard = await world.openAny();
    expect(await verdict(guard, KEY_A, att(8, 10, 2))).toBe('BELOW_BOOT_FLOOR');
  });
});
