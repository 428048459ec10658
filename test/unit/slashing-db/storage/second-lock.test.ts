import Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StorageRecord } from '../../../../slashing-db/storage/storage-port.ts';
import { openDatabase } from '../../../../slashing-db/storage/sqlite/open-database.ts';
import { openTestStorage } from '../../../support/test-storage.ts';
import { epoch, slot } from '../../../../core/units.ts';
import { att, block, KEY_A, root } from '../../../support/slashing-fixtures.ts';
import { openTestGuard, tempDatabase, verdict } from '../../../support/temp-guard.ts';

/** What the database itself holds to when the code above it is wrong. */

async function databaseWithHistory(): Promise<string> {
  const path = tempDatabase();
  const guard = openTestGuard(path);
  await guard.admitKey(KEY_A, false);
  await verdict(guard, KEY_A, att(5, 6));
  await verdict(guard, KEY_A, block(50));
  await guard.close();
  return path;
}

describe('durability', () => {
  it('is asked for at every open, not only at the first', () => {
    const path = tempDatabase();
    for (const time of ['first', 'second', 'third']) {
      const db = openDatabase(path);
      const settings = [
        'synchronous',
        'journal_mode',
        'fullfsync',
        'checkpoint_fullfsync',
        'foreign_keys',
      ].map((name) => db.pragma(name, { simple: true }));
      expect([time, ...settings]).toEqual([time, 2n, 'wal', 1n, 1n, 1n]);
      db.close();
    }
  });
});

describe('the triggers', () => {
  it.each([
    ['a lower slot', 'UPDATE block_watermarks SET slot = slot - 1'],
    ['another root for the same slot', `UPDATE block_watermarks SET signing_root = x'${'ab'.repeat(32)}'`],
    ['a lower source', 'UPDATE attestation_watermarks SET source = source - 1'],
    ['a lower target', 'UPDATE attestation_watermarks SET target = target - 1'],
    ['a lower source with a higher target', 'UPDATE attestation_watermarks SET source = 0, target = 99'],
    [
      'another root for the same vote',
      `UPDATE attestation_watermarks SET signing_root = x'${'ab'.repeat(32)}'`,
    ],
    ['a block watermark of another key', `UPDATE block_watermarks SET pubkey = x'${'ab'.repeat(48)}'`],
    [
      'an attestation watermark of another key',
      `UPDATE attestation_watermarks SET pubkey = x'${'ab'.repeat(48)}'`,
    ],
    ['a removed block watermark', 'DELETE FROM block_watermarks'],
    ['a removed attestation watermark', 'DELETE FROM attestation_watermarks'],
    ['a removed key', 'DELETE FROM keys'],
    ['an older generation', 'UPDATE fence SET generation = generation - 1'],
    ['an older sequence', 'UPDATE fence SET sequence = sequence - 1'],
    ['another network', `UPDATE chain SET genesis_validators_root = x'${'ab'.repeat(32)}'`],
    ['text for a number', "UPDATE block_watermarks SET slot = 'abc'"],
  ])('abort %s', async (_what, sql) => {
    const path = await databaseWithHistory();
    const db = new Database(path);
    expect(() => db.exec(sql)).toThrow(/went back|never changes|cannot store TEXT/);
    db.close();
    const guard = openTestGuard(path);
    expect(guard.statusOf(KEY_A)).toMatchObject({
      block: { slot: 50n, signingRoot: root(1) },
      attestation: { source: 5n, target: 6n, signingRoot: root(1) },
    });
  });

  it('allow what only rises, and forgetting a root', async () => {
    const path = await databaseWithHistory();
    const db = new Database(path);
    db.exec('UPDATE block_watermarks SET signing_root = NULL');
    db.exec('UPDATE attestation_watermarks SET target = 7, signing_root = NULL');
    db.close();
    expect(await verdict(openTestGuard(path), KEY_A, block(50))).toBe('BLOCK_NOT_ABOVE_WATERMARK');
  });
});

describe('a storage whose memory is behind', () => {
  const attestation = (source: bigint, target: bigint): StorageRecord => ({
    kind: 'attestation',
    mode: 'advance',
    pubkey: KEY_A,
    watermark: { source: epoch(source), target: epoch(target), signingRoot: null },
  });
  const proposal = (at: bigint): StorageRecord => ({
    kind: 'block',
    mode: 'advance',
    pubkey: KEY_A,
    watermark: { slot: slot(at), signingRoot: null },
  });

  it.each([
    ['the same slot', proposal(50n)],
    ['a lower slot', proposal(49n)],
    ['the same target', attestation(5n, 6n)],
    ['a lower target', attestation(5n, 5n)],
    ['a lower source', attestation(4n, 7n)],
  ])('is told so when it advances to %s', async (_what, record) => {
    const storage = openTestStorage(await databaseWithHistory());
    await expect(storage.commit([record])).rejects.toMatchObject({ code: 'DB_COMMIT_FAILED' });
    await storage.close();
  });

  it('writes all of a batch or nothing of it', async () => {
    const path = await databaseWithHistory();
    const storage = openTestStorage(path);
    await expect(storage.commit([proposal(60n), attestation(4n, 7n)])).rejects.toThrow();
    await storage.close();
    expect(openTestGuard(path).statusOf(KEY_A).block?.slot).toBe(50n);
  });
});

describe('the fence', () => {
  it.each(['generation', 'sequence'])('stops a guard when another raised the %s', async (column) => {
    const path = tempDatabase();
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('released');
    const other = new Database(path);
    other.exec(`UPDATE fence SET ${column} = ${column} + 1`);
    other.close();

    let signed = 0;
    const outcome = await guard.release(KEY_A, att(2, 3), () => Promise.resolve((signed += 1)));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'GUARD_UNAVAILABLE' });
    expect(signed).toBe(0);
    expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('GUARD_UNAVAILABLE');
    await guard.close();
    expect(openTestGuard(path).statusOf(KEY_A).attestation?.target).toBe(2n);
  });

  it('stops a guard whose file was opened again past the lock', async () => {
    const path = tempDatabase();
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    rmSync(`${path}.lock`);
    const second = openTestGuard(path);
    expect(await verdict(second, KEY_A, att(1, 2))).toBe('released');
    expect(await verdict(guard, KEY_A, att(1, 2, 2))).toBe('GUARD_UNAVAILABLE');
    expect(await guard.poisoned).toMatchObject({ code: 'DB_FENCED' });
    expect(await verdict(second, KEY_A, att(2, 3))).toBe('released');
  });

  it('stops it too when the other one has not written yet', async () => {
    const path = tempDatabase();
    const guard = openTestGuard(path);
    await guard.admitKey(KEY_A, false);
    rmSync(`${path}.lock`);
    openTestGuard(path);
    expect(await verdict(guard, KEY_A, att(1, 2))).toBe('GUARD_UNAVAILABLE');
  });
});
