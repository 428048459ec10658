import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  readHistory,
  verifyDatabase,
  verifyHistory,
  type HistoryReport,
} from '../../../../slashing-db/index.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, KEY_A } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

async function worldWithHistory(options: { historyMaxRecords?: bigint } = {}): Promise<DisasterWorld> {
  const world = new DisasterWorld();
  const guard = world.open(options);
  await guard.admitKey(KEY_A, false);
  for (let n = 1; n <= 9; n += 1) await verdict(guard, KEY_A, att(n - 1, n));
  await verdict(guard, KEY_A, att(0, 5, 7));
  await guard.close();
  return world;
}

const verify = (world: DisasterWorld): HistoryReport =>
  readHistory(world.path, [world.anchor], ({ base, records, head, witnesses, rememberedBases }) =>
    verifyHistory(base, records(), head, witnesses, rememberedBases),
  );

/** As somebody would who has the file and knows SQL. */
function forge(world: DisasterWorld, ...statements: string[]): void {
  const db = new Database(world.path);
  for (const name of ['history_never_changed', 'history_only_pruned', 'fence_never_lowered'])
    db.exec(`DROP TRIGGER ${name}`);
  for (const sql of statements) db.exec(sql);
  db.close();
}

describe('verification', () => {
  it.each([
    [
      'the old end is removed and passed off as retention',
      [
        'INSERT INTO history_base SELECT 1, id, hash FROM history WHERE id = 5',
        'DELETE FROM history WHERE id <= 5',
      ],
      { kind: 'cut', index: 5n },
    ],
    [
      'everything is removed and passed off as retention',
      ['INSERT INTO history_base SELECT 1, id, hash FROM history WHERE id = 11', 'DELETE FROM history'],
      { kind: 'cut', index: 11n },
    ],
    [
      'the end is removed with its trace in the database: the anchor remembers',
      [
        'DELETE FROM history WHERE id = 11',
        'UPDATE fence SET history_index = 10, history_head = (SELECT hash FROM history WHERE id = 10)',
      ],
      { kind: 'missing', index: 11n },
    ],
  ] as const)('names the record when %s', async (_what, statements, fault) => {
    const world = await worldWithHistory();
    forge(world, ...statements);
    expect(verify(world).fault).toEqual(fault);
  });
});

describe('retention', () => {
  it('removes the oldest records only, and the rest still verifies', async () => {
    const world = await worldWithHistory({ historyMaxRecords: 4n });
    const report = verify(world);
    expect(report).toMatchObject({ records: 4n, base: { index: 7n }, fault: null });
  });

  it('does not let anything be removed behind it', async () => {
    const world = await worldWithHistory({ historyMaxRecords: 4n });
    const db = new Database(world.path);
    expect(() => db.exec('DELETE FROM history WHERE id = 9')).toThrow('old end');
    expect(() => db.exec("UPDATE history SET client = 'x'")).toThrow('never changed');
    db.close();
    forge(world, 'DELETE FROM history WHERE id = 8');
    expect(verify(world).fault).toEqual({ kind: 'missing', index: 8n });
  });

  it('reaches a shorter length step by step', async () => {
    const world = await worldWithHistory();
    const guard = world.open({ historyMaxRecords: 3n });
    await verdict(guard, KEY_A, att(9, 10));
    await guard.close();
    expect(verify(world)).toMatchObject({ records: 3n, fault: null });
  });
});

describe('the whole database', () => {
  it('is sound when nothing happened to it', async () => {
    const world = await worldWithHistory();
    for (const complete of [true, false]) {
      expect(verifyDatabase(world.path, [world.anchor], complete)).toMatchObject({
        file: [],
        uncovered: [],
        history: { fault: null },
      });
    }
  });

  it('is not when a watermark does not cover what was signed', async () => {
    const world = await worldWithHistory();
    const db = new Database(world.path);
    db.exec(
      'DROP TRIGGER attestation_never_lowered; UPDATE attestation_watermarks SET source = 5, target = 6',
    );
    db.close();
    const { uncovered } = verifyDatabase(world.path, [world.anchor], true);
    expect(uncovered.map(({ target }) => target)).toEqual([7n, 8n, 9n]);
  });
});
