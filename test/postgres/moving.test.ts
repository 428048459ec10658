import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyDatabase, exportServer, readServerStatus } from '../../slashing-db/index.ts';
import { queryAt } from '../support/postgres.ts';
import { freshDatabase, openSigner } from '../support/postgres-guards.ts';
import { att, clockAt, KEY_A } from '../support/slashing-fixtures.ts';
import { openTestGuard, tempDatabase, tempDirectory, TRUSTING, verdict } from '../support/temp-guard.ts';

const ACT = { by: 'a test', reason: 'a test' };
const { clock } = clockAt(1000);

describe('a signer that moves', () => {
  /** The message that was signed last is not repeated after a copy, nor another one of its duty let out. */
  const UNKNOWN_VOTE = 'TARGET_NOT_ABOVE_WATERMARK';
  /** In one data directory: the file, its anchor, and where signers of servers have their lock. */
  const directory = () => {
    const path = tempDatabase();
    return { path, anchors: [join(tempDirectory(), 'anchor')], clock };
  };
  const copierTo = (url: string) => ({
    ...{ ...TRUSTING, clock, path: tempDatabase() },
    shared: { url, passwordFile: null, instance: '(copy)' },
  });

  it('to a server and back, and there again, goes on with the anchor that it has', async () => {
    const place = directory();
    const file = openTestGuard(place.path, place);
    await file.admitKey(KEY_A, false);
    expect(await verdict(file, KEY_A, att(8, 9))).toBe('released');
    await file.close();
    const url = await freshDatabase();
    const from = { url, passwordFile: null };
    await copyDatabase(place, copierTo(url), 'a test', place.path);
    const moved = await openSigner(url, place);
    expect(await verdict(moved, KEY_A, att(8, 9, 2))).toBe(UNKNOWN_VOTE);
    expect(await verdict(moved, KEY_A, att(9, 10))).toBe('released');
    await moved.close();

    await copyDatabase(from, { ...TRUSTING, ...place }, 'a test', url);
    const back = openTestGuard(place.path, place);
    expect(await verdict(back, KEY_A, att(9, 11))).toBe('ALL_FROZEN');
    await back.operator.unfreeze('all', ACT);
    expect(await verdict(back, KEY_A, att(9, 10, 2))).toBe(UNKNOWN_VOTE);
    expect(await verdict(back, KEY_A, att(10, 11))).toBe('released');
    await back.close();

    await copyDatabase(place, copierTo(url), 'a test', place.path);
    const again = await openSigner(url, place);
    await again.operator.unfreeze('all', ACT);
    expect(await verdict(again, KEY_A, att(10, 11, 2))).toBe(UNKNOWN_VOTE);
    expect(await verdict(again, KEY_A, att(11, 12))).toBe('released');
  });

  it('to another server goes on there, whatever signers there are', async () => {
    const url = await freshDatabase();
    const places = [directory(), directory()];
    const names = ['one', 'two'];
    for (const [at, place] of places.entries()) {
      const guard = await openSigner(url, { ...place, instance: names[at]! });
      await guard.admitKey(KEY_A, false);
      expect(await verdict(guard, KEY_A, att(8 + at, 9 + at))).toBe('released');
      await guard.close();
    }
    const other = await freshDatabase();
    await copyDatabase({ url, passwordFile: null }, copierTo(other), 'a test', url);
    for (const [at, place] of places.entries()) {
      const guard = await openSigner(other, { ...place, instance: names[at]! });
      expect(await verdict(guard, KEY_A, att(9, 10, 2))).toBe(UNKNOWN_VOTE);
    }
  });

  it('is refused where its source was not copied to, or went on afterwards', async () => {
    const place = directory();
    const file = openTestGuard(place.path, place);
    await file.admitKey(KEY_A, false);
    await file.close();
    const [url, other] = [await freshDatabase(), await freshDatabase()];
    await copyDatabase(place, copierTo(url), 'a test', place.path);
    await expect(openSigner(other, place)).rejects.toMatchObject({ code: 'DB_SIGNER_UNKNOWN' });
    const used = openTestGuard(place.path, place);
    await used.operator.unfreeze('all', ACT);
    expect(await verdict(used, KEY_A, att(8, 9))).toBe('released');
    await used.close();
    await expect(openSigner(url, place)).rejects.toThrow('that was used after it was copied here');
    expect((await readServerStatus({ url, passwordFile: null })).protection.frozen).toBeNull();
    await copyDatabase(place, copierTo(url), 'a test', place.path);
    const guard = await openSigner(url, place);
    expect(await verdict(guard, KEY_A, att(8, 9, 2))).toBe(UNKNOWN_VOTE);
  });

  it('is not brought back from a server that lost what its anchor knows', async () => {
    const url = await freshDatabase();
    const place = directory();
    const guard = await openSigner(url, place);
    await guard.admitKey(KEY_A, false);
    await guard.close();
    await queryAt(url, 'UPDATE instances SET sequence = sequence - 1');
    const from = { url, passwordFile: null };
    for (const anchors of [[], place.anchors]) {
      const to = {
        ...TRUSTING,
        clock,
        path: tempDatabase(),
        anchors: anchors.length > 0 ? [] : place.anchors,
      };
      const copy = copyDatabase({ ...from, anchors }, to, 'a test', url);
      await expect(copy).rejects.toMatchObject({ code: 'DB_ROLLED_BACK', exitCode: 3 });
      expect(existsSync(to.path)).toBe(false);
    }
    await expect(exportServer(from, place.anchors)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect((await exportServer(from)).keys).toBe(1);
    expect((await readServerStatus(from)).protection.frozen).toBeNull();
  });
});
