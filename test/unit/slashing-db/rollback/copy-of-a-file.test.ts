import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostIdentity } from '../../../../slashing-db/anchor/host-identity.ts';
import { copyDatabase, readDatabaseStatus, type FileSource } from '../../../../slashing-db/index.ts';
import { DisasterWorld, NEXT_BOOT, OTHER_MACHINE, THIS_BOOT } from '../../../support/disaster-world.ts';
import { att, block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../../../support/temp-guard.ts';

const ACT = { by: 'tester', reason: 'by hand' };

const used = (): Promise<DisasterWorld> => DisasterWorld.used();

const copy = (
  from: DisasterWorld,
  to: DisasterWorld,
  { host = THIS_BOOT, ...source }: Partial<FileSource> & { host?: HostIdentity } = {},
) =>
  copyDatabase(
    { path: from.path, anchors: [from.anchor], ...source },
    to.options({ host }),
    'tester',
    from.path,
  );

async function untouched(world: DisasterWorld): Promise<void> {
  const guard = world.open();
  expect(guard.listKeys()).toEqual([]);
  expect(guard.protection).toEqual({ frozen: null, floor: null, floorOwed: null });
  await guard.close();
}

describe('a file with which no signer would start is not copied', () => {
  it('when it has gone back', async () => {
    const from = await used();
    const putBack = from.copy();
    const guard = from.open();
    await verdict(guard, KEY_A, att(9, 10));
    await guard.close();
    putBack();
    const to = new DisasterWorld();
    for (const loose of [false, true]) {
      await expect(copy(from, to, { loose })).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    }
    expect(readDatabaseStatus(from.path)).toMatchObject({ generation: 1n, protection: { frozen: null } });
    await untouched(to);
  });

  it('when it is from another machine', async () => {
    const from = await used();
    const to = new DisasterWorld();
    await expect(copy(from, to, { host: OTHER_MACHINE })).rejects.toMatchObject({
      code: 'DB_FROM_ANOTHER_MACHINE',
    });
    await untouched(to);
    expect(from.open().protection.frozen).toBeNull();
  });
});

describe('the boot floor that a start would put down', () => {
  const floor = { slot: 84n, source: 9n, target: 10n };

  it('is at the destination too when the machine went down', async () => {
    const from = await used();
    const guard = from.open();
    await verdict(guard, KEY_A, att(9, 10));
    const left = from.killed();
    const to = new DisasterWorld();
    await copy(left, to, { host: NEXT_BOOT });
    const there = to.open({ host: NEXT_BOOT });
    expect(there.protection).toMatchObject({ floor, floorOwed: null });
    expect(await verdict(there, KEY_A, att(9, 10, 2))).toBe('BELOW_BOOT_FLOOR');
  });

  it('is owed there while the clock is in doubt', async () => {
    const from = await used();
    const left = from.killed();
    left.time.moveTo(40);
    const to = new DisasterWorld();
    to.time.moveTo(40);
    await copy(left, to, { anchors: [join(tempDirectory(), 'none')] });
    const there = to.open();
    expect(there.protection).toMatchObject({ floor: null, floorOwed: 'its anchor is missing' });
    to.time.moveTo(83);
    expect(await verdict(there, KEY_A, block(84))).toBe('BELOW_BOOT_FLOOR');
  });

  it('is not put down when nothing speaks for it', async () => {
    const to = new DisasterWorld();
    await copy(await used(), to, { host: NEXT_BOOT });
    expect(to.open({ host: NEXT_BOOT }).protection.floor).toBeNull();
  });

  it('is there for a file that lies somewhere else, of which no anchor tells', async () => {
    const from = await used();
    const path = join(tempDirectory(), 'backup');
    cpSync(from.path, path);
    const to = new DisasterWorld();
    await copy(from, to, { path, loose: true });
    expect(to.open().protection).toMatchObject({ floor });
    // Its signer's anchor goes on with its signer.
    expect(from.open().protection).toEqual({ frozen: null, floor: null, floorOwed: null });
  });
});

describe('a file that was copied', () => {
  it('signs nothing, whoever starts a signer on it, until that is wanted', async () => {
    const from = await used();
    const to = new DisasterWorld();
    expect(await copy(from, to)).toMatchObject({ keys: 1, allFrozen: null });
    const again = from.open();
    expect(await verdict(again, KEY_A, att(9, 10))).toBe('ALL_FROZEN');
    expect(again.protection.frozen?.reason).toBe(`DB_COPIED: copied to ${to.path} by tester`);
    await again.operator.unfreeze('all', ACT);
    expect(await verdict(again, KEY_A, att(9, 10))).toBe('released');
    const there = to.open();
    expect(await verdict(there, KEY_A, att(9, 10, 2))).toBe('released');
  });

  it('keeps all its history', async () => {
    const from = await used();
    const { historyBase } = readDatabaseStatus(from.path);
    const to = new DisasterWorld();
    await copyDatabase(
      { path: from.path, anchors: [from.anchor] },
      to.options({ historyMaxRecords: 1n }),
      'tester',
      from.path,
    );
    expect(readDatabaseStatus(from.path).historyBase).toBe(historyBase);
  });

  it('is copied a second time without the freeze of the first, but with that of an operator', async () => {
    const from = await used();
    const [one, two, three] = [new DisasterWorld(), new DisasterWorld(), new DisasterWorld()];
    await copy(from, one);
    await copy(from, two);
    expect(two.open().protection.frozen).toBeNull();
    const guard = from.open();
    expect(guard.protection.frozen?.reason).toBe(`DB_COPIED: copied to ${two.path} by tester`);
    await guard.operator.freeze('all', { ...ACT, reason: 'too early' });
    await guard.operator.freeze('all', ACT);
    // What the copy left is not lost by that; the later word of an operator takes the place of the earlier.
    expect(guard.protection.frozen?.reason).toBe(
      `DB_COPIED: copied to ${two.path} by tester; frozen also: ${ACT.reason}`,
    );
    const refused = await guard.release(KEY_A, att(9, 10), () => Promise.resolve('signed'));
    // Where it was copied to is for operators.
    expect(refused).toMatchObject({
      reason: 'ALL_FROZEN',
      told: expect.stringMatching(/: DB_COPIED; frozen also: by hand$/) as string,
    });
    await guard.close();
    for (let round = 0; round < 2; round += 1) {
      expect(await copy(from, three)).toMatchObject({ allFrozen: ACT.reason });
    }
    expect(await verdict(three.open(), KEY_A, att(9, 10))).toBe('ALL_FROZEN');
    expect(from.open().protection.frozen?.reason).toBe(
      `DB_COPIED: copied to ${three.path} by tester; frozen also: ${ACT.reason}`,
    );
  });

  it('is not copied onto itself', async () => {
    const from = await used();
    await expect(copy(from, from)).rejects.toMatchObject({ code: 'DB_COPY_ONTO_ITSELF', exitCode: 2 });
    expect(from.open().protection.frozen).toBeNull();
  });

  it('is left as it was when the destination does not open', async () => {
    const from = await used();
    const to = await used();
    const putBack = to.copy();
    const guard = to.open();
    await verdict(guard, KEY_A, att(9, 10));
    await guard.close();
    putBack();
    await expect(copy(from, to)).rejects.toMatchObject({ code: 'DB_ROLLED_BACK' });
    expect(await verdict(from.open(), KEY_A, att(9, 10))).toBe('released');
  });
});
