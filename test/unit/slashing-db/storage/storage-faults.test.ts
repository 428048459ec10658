import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assertLocal, fleetingFilesystem } from '../../../../slashing-db/storage/sqlite/filesystem.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, KEY_A } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

const used = (): Promise<DisasterWorld> => DisasterWorld.used();

const FILL = fileURLToPath(new URL('fill-the-disk.ts', import.meta.url));

it('a disk that is full lets nothing out, poisons the guard and leaves what was recorded', async () => {
  const world = await used();
  // The limit on file sizes is the disk that is full: SQLite meets it in the middle of a commit.
  const blocks = Math.ceil(statSync(world.path).size / 1024) + 60;
  const script = `ulimit -f ${blocks}; exec "$0" --no-warnings "$1" "$2"`;
  const output = execFileSync('bash', ['-c', script, process.execPath, FILL, world.path], {
    encoding: 'utf8',
  });
  const { released, refused, poisoned } = JSON.parse(output) as {
    released: number;
    refused: string[];
    poisoned: string;
  };
  expect(released).toBeGreaterThan(0);
  expect(new Set(refused)).toEqual(new Set(['GUARD_UNAVAILABLE']));
  expect(poisoned).toBe('DB_COMMIT_FAILED');
  const guard = world.open({ anchors: [] });
  expect(guard.statusOf(KEY_A).attestation?.target).toBeGreaterThanOrEqual(BigInt(9 + released));
  expect(await verdict(guard, KEY_A, att(8, 9 + released, 2))).not.toBe('released');
});

it('a database that cannot be written any more lets nothing out', async () => {
  const world = await used();
  const guard = world.open();
  const other = new Database(world.path);
  // Somebody holds the write lock and does not let go, as a mount that went read-only holds everything.
  other.exec('BEGIN IMMEDIATE');
  expect(await verdict(guard, KEY_A, att(9, 10))).toBe('GUARD_UNAVAILABLE');
  other.exec('ROLLBACK');
  other.close();
  expect(await verdict(guard, KEY_A, att(9, 10))).toBe('GUARD_UNAVAILABLE');
  expect(await guard.poisoned).toMatchObject({ code: 'DB_COMMIT_FAILED' });
});

describe('at the start', () => {
  it.each([
    [
      'half of the file is gone',
      (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096),
    ],
    ['a page is overwritten', (path: string) => overwrite(path, 4096 * 3, 4096)],
    ['the header is overwritten', (path: string) => overwrite(path, 0, 100)],
    ['a page is zeroed', (path: string) => overwrite(path, 4096 * 2, 4096, 0)],
  ])('it is refused when %s', async (_what, damage) => {
    const world = await used();
    damage(world.path);
    const before = readFileSync(world.path);
    expect(() => world.open()).toThrow(expect.objectContaining({ code: 'DB_CORRUPT', exitCode: 3 }));
    expect(readFileSync(world.path)).toEqual(before);
  });

  it.runIf(process.getuid?.() === 0)('it is refused when the file belongs to somebody else', async () => {
    const world = await used();
    chownSync(world.path, 12345, 12345);
    expect(() => world.open()).toThrow(expect.objectContaining({ code: 'DB_FILE_EXPOSED' }));
  });

  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0x01021997, '9P'],
  ])('it is refused on a file system of type %i', (type, name) => {
    expect(() => assertLocal('/data/db', () => type)).toThrow(
      expect.objectContaining({ code: 'DB_ON_NETWORK', message: expect.stringContaining(name) as string }),
    );
  });

  it('a local disk is taken, and one that forgets is named', () => {
    expect(() => assertLocal('/data/db', () => 0xef53)).not.toThrow();
    expect(fleetingFilesystem('/data/db', () => 0xef53)).toBeNull();
    expect(fleetingFilesystem('/data/db', () => 0x01021994)).toBe('tmpfs');
    expect(fleetingFilesystem('/dev/shm/db')).toBe('tmpfs');
  });
});

function overwrite(path: string, offset: number, length: number, value = 0xa5): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(length, value), 0, length, offset);
  ftruncateSync(file, statSync(path).size);
  closeSync(file);
}
