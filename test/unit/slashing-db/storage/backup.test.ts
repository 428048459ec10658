import Database from 'better-sqlite3';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import {
  acceptRollback,
  backupDatabase,
  readHistory,
  verifyDatabase,
} from '../../../../slashing-db/index.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, KEY_A } from '../../../support/slashing-fixtures.ts';
import { tempDirectory, verdict } from '../../../support/temp-guard.ts';

const beside = (world: DisasterWorld): string => join(dirname(world.path), 'backup.sqlite');

/** Signed in epochs up to `target`, and still open. */
async function running(target: number) {
  const world = new DisasterWorld();
  const guard = world.open();
  await guard.admitKey(KEY_A, false);
  expect(await verdict(guard, KEY_A, att(target - 1, target))).toBe('released');
  return { world, guard };
}

it('is refused where it cannot be written, and leaves nothing', async () => {
  const { world, guard } = await running(9);
  const folder = join(tempDirectory(), 'missing');
  expect(() => backupDatabase(world.path, join(folder, 'b.sqlite'))).toThrow(
    expect.objectContaining({ code: 'BACKUP_UNWRITABLE' }),
  );
  expect(existsSync(folder)).toBe(false);
  await guard.close();
});

it('of a database that was changed past the signer is not kept', async () => {
  const { world, guard } = await running(9);
  await guard.close();
  const db = new Database(world.path);
  for (const trigger of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER ${trigger as string}`);
  }
  expect(db.prepare("UPDATE history SET client = 'somebody else'").run().changes).toBeGreaterThan(0);
  db.close();
  const to = beside(world);
  writeFileSync(to, 'the last good one');
  const backups = () => readdirSync(dirname(to)).filter((name) => name.startsWith('backup'));
  expect(() => backupDatabase(world.path, to)).toThrow(
    expect.objectContaining({ code: 'BACKUP_FAULTY', exitCode: 3 }),
  );
  expect(backups()).toEqual(['backup.sqlite']);
  expect(readFileSync(to, 'utf8')).toBe('the last good one');
});

it('is private whatever the umask, and one moment of a signer that goes on signing', async () => {
  const { world, guard } = await running(5);
  const to = beside(world);
  const before = process.umask(0);
  const going = [6, 7, 8].map((target) => verdict(guard, KEY_A, att(target - 1, target)));
  const report = backupDatabase(world.path, to);
  process.umask(before);
  expect(await Promise.all(going)).toEqual(['released', 'released', 'released']);
  expect(statSync(to).mode & 0o777).toBe(0o600);
  expect(statSync(to).size).toBe(report.bytes);
  const head = readHistory(to, [], (snapshot) => snapshot.head.index);
  expect(head).toBe(report.records);
  expect(verifyDatabase(to, [], true)).toMatchObject({ file: [], history: { fault: null }, uncovered: [] });
  await guard.close();
});

it('put back is refused as older, and after the word of the operator signs above the floor only', async () => {
  const { world, guard } = await running(9);
  const to = beside(world);
  backupDatabase(world.path, to);
  expect(await verdict(guard, KEY_A, att(9, 10, 1))).toBe('released');
  await guard.close();
  for (const suffix of ['', '-wal', '-shm']) rmSync(world.path + suffix, { force: true });
  renameSync(to, world.path);
  chmodSync(world.path, 0o600);
  expect(() => world.open()).toThrow(expect.objectContaining({ code: 'DB_ROLLED_BACK', exitCode: 3 }));
  await acceptRollback(world.options(), { by: 'test', reason: 'the disk was replaced' });
  const again = world.open();
  // What it signed after the backup was made, in the other words that would be slashable.
  expect(await verdict(again, KEY_A, att(9, 10, 2))).not.toBe('released');
  await again.close();
});
