import Database from 'better-sqlite3';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BootFloor } from '../../../../slashing-db/index.ts';
import { DisasterWorld, NEXT_BOOT, OTHER_MACHINE, THIS_BOOT } from '../../../support/disaster-world.ts';
import { att, block, KEY_A } from '../../../support/slashing-fixtures.ts';
import { exportOf, verdict } from '../../../support/temp-guard.ts';

/** What a file tells of itself and of its machine; a server tells nothing of that kind. */

const used = (): Promise<DisasterWorld> => DisasterWorld.used();

it('a file that was emptied is one that has gone back, not a new one', async () => {
  const world = await used();
  truncateSync(world.path, 0);
  for (const bootFloor of ['auto', 'always', 'never'] as const) {
    expect(() => world.open({ bootFloor })).toThrow(
      expect.objectContaining({ code: 'DB_ROLLED_BACK', exitCode: 3 }),
    );
  }
});

it('a database that was last open on another machine is refused', async () => {
  const world = await used();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(() => world.open({ host: OTHER_MACHINE })).toThrow(
      expect.objectContaining({ code: 'DB_FROM_ANOTHER_MACHINE', exitCode: 3 }),
    );
  }
  expect(world.open().protection.floor).toBeNull();
});

it('a machine that does not tell its id is not accused, but doubted after every boot', async () => {
  const world = await used();
  const container = (bootId: string) => ({ host: { machineId: null, bootId } });
  await world.open(container(THIS_BOOT.bootId ?? '')).close();
  const again = world.open(container(THIS_BOOT.bootId ?? ''));
  expect(again.protection.floor).toBeNull();
  await again.close();
  expect(world.open(container('elsewhere')).protection.floor).not.toBeNull();
});

const doubtful: Record<string, (world: DisasterWorld) => Promise<DisasterWorld>> = {
  'the anchor is missing': (world) => {
    rmSync(world.anchor);
    return Promise.resolve(world);
  },
  'the anchor is empty': (world) => {
    truncateSync(world.anchor, 0);
    return Promise.resolve(world);
  },
  'both lines of the anchor are damaged': (world) => {
    writeFileSync(world.anchor, readFileSync(world.anchor, 'utf8').replaceAll('"sequence"', '"sequenze"'));
    return Promise.resolve(world);
  },
  'the machine went down while it was open': async (world) => {
    const guard = world.open();
    await verdict(guard, KEY_A, att(9, 10));
    return world.killed();
  },
};

describe.each(Object.entries(doubtful))('when %s', (what, disaster) => {
  const hostAfter = what.includes('went down') ? NEXT_BOOT : THIS_BOOT;

  it.each([
    ['auto', { slot: 84n, source: 9n, target: 10n }],
    ['always', { slot: 84n, source: 9n, target: 10n }],
    ['never', null],
  ] as const)('--boot-floor %s puts down the floor %o', async (bootFloor: BootFloor, floor) => {
    const world = await disaster(await used());
    const guard = world.open({ bootFloor, host: hostAfter });
    expect(guard.protection).toMatchObject({ floor, floorOwed: null });
    await guard.close();
    expect(world.open({ host: hostAfter }).protection.floor).toEqual(floor);
  });

  it('the floor stands before anything is signed', async () => {
    const world = await disaster(await used());
    world.time.moveTo(83);
    const guard = world.open({ host: hostAfter });
    expect(await verdict(guard, KEY_A, att(9, 10, 2))).toBe('BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_A, block(84))).toBe('BELOW_BOOT_FLOOR');
    world.time.moveTo(88);
    expect(await verdict(guard, KEY_A, att(8, 11))).toBe('SOURCE_BELOW_BOOT_FLOOR');
    expect(await verdict(guard, KEY_A, att(9, 11))).toBe('released');
    expect(await verdict(guard, KEY_A, block(85))).toBe('released');
  });
});

describe('no floor is due', () => {
  it('after a stop in order, in any boot', async () => {
    const world = await used();
    expect(world.open({ host: NEXT_BOOT }).protection.floor).toBeNull();
  });

  it('after a kill in the same boot: the kernel has kept all that was written', async () => {
    const world = await used();
    const guard = world.open();
    await verdict(guard, KEY_A, att(9, 10));
    const left = world.killed();
    const again = left.open();
    expect(again.protection.floor).toBeNull();
    expect(await verdict(again, KEY_A, att(9, 10, 2))).toBe('DOUBLE_VOTE');
  });

  it('when one line of the anchor was cut short: the other one stands', async () => {
    const world = await used();
    const text = readFileSync(world.anchor, 'utf8');
    for (const line of [0, 1024]) {
      const cut = line + 500;
      writeFileSync(world.anchor, text.slice(0, cut) + ' '.repeat(100) + text.slice(cut + 100));
      const guard = world.open();
      expect(guard.protection.floor).toBeNull();
      await guard.close();
    }
  });
});

it('a floor that was due stays due when the process dies before it is put down', async () => {
  const world = await used();
  rmSync(world.anchor);
  const guard = world.open({ clockDoubt: () => 'late' });
  expect(guard.protection.floorOwed).toContain('missing');
  const left = world.killed();
  const again = left.open();
  expect(again.protection).toMatchObject({ floor: { target: 10n }, floorOwed: null });
});

it('who owns the database pays the floor that is owed with an export too', async () => {
  const world = await used();
  rmSync(world.anchor);
  let doubt: string | null = 'late';
  const guard = world.open({ clockDoubt: () => doubt });
  expect(() => exportOf(guard)).toThrow(expect.objectContaining({ code: 'DB_FLOOR_OWED' }));
  doubt = null;
  expect(exportOf(guard)).toContain('"target_epoch":"10"');
});

it('a database of the first version is brought up to date and keeps what it knows', async () => {
  const { MIGRATIONS } = await import('../../../../slashing-db/storage/sqlite/migrations.ts');
  const world = new DisasterWorld();
  mkdirSync(new URL('.', `file://${world.path}`), { recursive: true });
  writeFileSync(world.path, '', { mode: 0o600 });
  const db = new Database(world.path);
  db.exec(MIGRATIONS[0] ?? '');
  db.pragma(`application_id = 1447512396`);
  db.pragma('user_version = 1');
  const pubkey = Buffer.from(KEY_A.slice(2), 'hex');
  const network = Buffer.from(world.options().spec.genesisValidatorsRoot.slice(2), 'hex');
  db.prepare('INSERT INTO chain VALUES (1, ?, ?)').run('first-version', network);
  db.prepare("INSERT INTO keys VALUES (?, 'active')").run(pubkey);
  db.prepare('INSERT INTO attestation_watermarks VALUES (?, 8, 9, NULL)').run(pubkey);
  db.close();
  const guard = world.open();
  expect(guard.statusOf(KEY_A)).toMatchObject({
    attestation: { source: 8n, target: 9n },
    signedTarget: null,
  });
  expect(await verdict(guard, KEY_A, att(8, 9))).not.toBe('released');
  expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
});

describe('a further anchor', () => {
  it('proves nothing when the first is lost: it may have been out of reach', async () => {
    const world = new DisasterWorld();
    const further = `${world.anchor}-further`;
    const both = { anchors: [world.anchor, further] };
    let guard = world.open(both);
    await guard.admitKey(KEY_A, false);
    await verdict(guard, KEY_A, att(8, 9));
    await guard.close();
    const restore = world.copy();
    guard = world.open();
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
    await guard.close();
    restore();
    rmSync(world.anchor);
    expect(await verdict(world.open(both), KEY_A, att(9, 10, 2))).toBe('BELOW_BOOT_FLOOR');
  });

  it('that lags behind is caught up with, and the first that lags is a doubt', async () => {
    const world = await used();
    const anchor = readFileSync(world.anchor);
    const guard = world.open();
    expect(await verdict(guard, KEY_A, att(9, 10))).toBe('released');
    await guard.close();
    writeFileSync(world.anchor, anchor);
    expect(world.open().protection.floor).not.toBeNull();
  });
});

it.each(['', '-wal', '.lock', '.pid'])('no anchor is written over the database file "%s"', async (suffix) => {
  const world = await used();
  const options = { anchors: [world.anchor, `${world.path}${suffix}`] };
  expect(() => world.open(options)).toThrow(expect.objectContaining({ code: 'ANCHOR_MISPLACED' }));
  expect(await verdict(world.open(), KEY_A, att(8, 9))).toBe('released');
});

it('no anchor is written over a file that is something else, nor kept twice in one', async () => {
  const world = await used();
  writeFileSync(`${world.anchor}-notes`, 'my notes');
  for (const other of [`${world.anchor}-notes`, world.anchor]) {
    expect(() => world.open({ anchors: [world.anchor, other] })).toThrow(
      expect.objectContaining({ code: 'ANCHOR_MISPLACED' }),
    );
  }
  expect(readFileSync(`${world.anchor}-notes`, 'utf8')).toBe('my notes');
});

const vandals: Record<string, string> = {
  'a watermark is lowered': `DROP TRIGGER attestation_never_lowered; UPDATE attestation_watermarks SET source = 1, target = 2`,
  'the watermarks are removed': `DROP TRIGGER attestation_never_removed; DELETE FROM attestation_watermarks`,
  'a trigger is removed': `DROP TRIGGER history_never_changed`,
  'a table is removed': `DROP TABLE history_base`,
};
it.each(Object.entries(vandals))('a database is not opened when %s', async (_what, sql) => {
  const world = await used();
  const db = new Database(world.path);
  db.pragma('foreign_keys = OFF');
  const [{ sql: trigger = '' } = {}] = db
    .prepare("SELECT sql FROM sqlite_schema WHERE name = 'attestation_never_lowered'")
    .all() as { sql?: string }[];
  db.exec(sql);
  // Back again, so that nothing but the content tells.
  if (sql.includes('never_lowered')) db.exec(trigger);
  db.close();
  expect(() => world.open({ anchors: [] })).toThrow(expect.objectContaining({ code: 'DB_CORRUPT' }));
});
