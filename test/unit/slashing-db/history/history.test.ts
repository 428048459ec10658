import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  exportHistory,
  readHistory,
  verifyDatabase,
  verifyHistory,
  type HistoryReport,
} from '../../../../slashing-db/index.ts';
import { link } from '../../../../slashing-db/history/hash-chain.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, KEY_A, root } from '../../../support/slashing-fixtures.ts';
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

it('holds every decision: who asked, for what, what came of it', async () => {
  const world = new DisasterWorld();
  const guard = world.open();
  await guard.admitKey(KEY_A, false);
  const asked = { client: '10.0.0.7', type: 'ATTESTATION' };
  await guard.release(KEY_A, att(8, 9), () => Promise.resolve(1), asked);
  await guard.release(KEY_A, att(8, 9, 2), () => Promise.resolve(1), asked);
  await guard.release(KEY_A, block(83), () => Promise.resolve(1), { ...asked, type: 'BLOCK_V2' });
  await guard.close();
  const records = readHistory(world.path, [], (snapshot) => [...snapshot.records()]);
  const common = { client: '10.0.0.7', pubkey: KEY_A };
  expect(records).toMatchObject([
    { index: 1n, type: 'admit-key', verdict: 'done' },
    { ...common, type: 'ATTESTATION', source: 8n, target: 9n, verdict: 'signed', reason: null },
    {
      ...common,
      type: 'ATTESTATION',
      signingRoot: att(8, 9, 2).signingRoot,
      verdict: 'refused',
      reason: 'DOUBLE_VOTE',
    },
    { ...common, type: 'BLOCK_V2', slot: 83n, verdict: 'signed' },
  ]);
  expect(Number(records[1]?.timeMs)).toBe((1_600_000_000 + 83 * 6) * 1000);
});

it('is written with what it tells of, in one commit', async () => {
  const world = new DisasterWorld();
  const guard = world.open();
  await guard.admitKey(KEY_A, false);
  await guard.release(KEY_A, att(8, 9), () => {
    const types = readHistory(world.path, [], ({ records }) => [...records()].map(({ type }) => type));
    expect(types).toContain('attestation');
    return Promise.resolve(1);
  });
});

describe('verification', () => {
  it('finds nothing in an untouched history', async () => {
    expect(verify(await worldWithHistory())).toMatchObject({ records: 11n, fault: null });
  });

  it.each([
    [
      'a verdict is changed',
      ["UPDATE history SET verdict = 'refused' WHERE id = 4"],
      { kind: 'changed', index: 4n },
    ],
    [
      'a time is changed',
      ['UPDATE history SET time_ms = time_ms + 1 WHERE id = 2'],
      { kind: 'changed', index: 2n },
    ],
    [
      'a signing root is changed',
      ["UPDATE history SET signing_root = x'22' WHERE id = 5"],
      { kind: 'changed', index: 5n },
    ],
    [
      'a pubkey is cut short',
      ["UPDATE history SET pubkey = x'22' WHERE id = 3"],
      { kind: 'changed', index: 3n },
    ],
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
      'the chain is written anew from a record on',
      ['DELETE FROM history WHERE id = 11', 'UPDATE history SET hash = zeroblob(32) WHERE id = 10'],
      { kind: 'changed', index: 10n },
    ],
    ['a record is removed', ['DELETE FROM history WHERE id = 6'], { kind: 'missing', index: 6n }],
    ['the last record is removed', ['DELETE FROM history WHERE id = 11'], { kind: 'missing', index: 11n }],
    ['the first record is removed', ['DELETE FROM history WHERE id = 1'], { kind: 'missing', index: 1n }],
    [
      'two records change places',
      [
        'UPDATE history SET id = 100 WHERE id = 3',
        'UPDATE history SET id = 3 WHERE id = 7',
        'UPDATE history SET id = 7 WHERE id = 100',
      ],
      { kind: 'changed', index: 3n },
    ],
    [
      'a record is added at the end',
      [
        'INSERT INTO history SELECT 12, time_ms, client, pubkey, type, slot, source, target, signing_root, verdict, reason, hash FROM history WHERE id = 11',
      ],
      { kind: 'changed', index: 12n },
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

  it("sees the end cut off without any anchor, and a head that is not the last record's", async () => {
    const world = await worldWithHistory();
    const alone = () =>
      readHistory(world.path, [], ({ base, records, head }) => verifyHistory(base, records(), head)).fault;
    forge(world, 'UPDATE fence SET history_head = zeroblob(32)');
    expect(alone()).toEqual({ kind: 'wrong-end', index: 11n });
    const db = new Database(world.path);
    db.exec('DELETE FROM history WHERE id = 11');
    db.close();
    expect(alone()).toEqual({ kind: 'missing', index: 11n });
  });

  it('can be done by anybody from an export, with nothing but SHA-256', async () => {
    const world = await worldWithHistory();
    const [header, ...lines] = readHistory(world.path, [], (snapshot) => [...exportHistory(snapshot)]).map(
      (line) => JSON.parse(line) as Record<string, string | null>,
    );
    expect(lines).toHaveLength(11);
    const databaseId = header?.['database_id'] ?? '';
    let hash = createHash('sha256').update(`vigil history 1 ${databaseId}`).digest();
    for (const line of lines) {
      const names = [
        'index',
        'time_ms',
        'client',
        'pubkey',
        'type',
        'slot',
        'source',
        'target',
        'signing_root',
        'verdict',
        'reason',
      ];
      const record = JSON.stringify(names.map((name) => line[name]));
      hash = createHash('sha256').update(hash).update(record).digest();
      expect(`0x${hash.toString('hex')}`).toBe(line['hash']);
    }
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

it('holds a message that moves money before its signature leaves', async () => {
  const world = new DisasterWorld();
  const guard = world.open();
  await guard.admitKey(KEY_A, false);
  const exit = { kind: 'unslashable', signingRoot: root(7), irrevocable: true } as const;
  const asked = { client: 'tester', type: 'VOLUNTARY_EXIT' };
  await guard.release(KEY_A, exit, () => Promise.resolve('signature'), asked);
  const types = readHistory(world.killed().path, [], ({ records }) => [...records()].map(({ type }) => type));
  expect(types).toContain('VOLUNTARY_EXIT');
});

it('that was written anew from some record on is told by what an anchor remembers', async () => {
  const world = await worldWithHistory();
  const records = readHistory(world.path, [], (snapshot) => [...snapshot.records()]);
  let head = readHistory(world.path, [], ({ base }) => base);
  const base = head;
  const forged = records.map((record) => {
    head = link(head, { ...record, ...(record.index >= 7n ? { client: 'nobody' } : {}) });
    return { ...record, ...(record.index >= 7n ? { client: 'nobody' } : {}), ...head };
  });
  expect(verifyHistory(base, forged, head).fault).toBeNull();
  const [witness] = records.slice(8, 9);
  expect(verifyHistory(base, forged, head, [witness!]).fault).toEqual({ kind: 'changed', index: 9n });
});
