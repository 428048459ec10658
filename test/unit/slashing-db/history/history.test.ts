import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { exportHistory, verifyHistory } from '../../../../slashing-db/index.ts';
import { link } from '../../../../slashing-db/history/hash-chain.ts';
import { forge, SQL, storedHistory, verifyStored } from '../../../support/any-history.ts';
import { DisasterWorld } from '../../../support/disaster-world.ts';
import { att, block, KEY_A, root } from '../../../support/slashing-fixtures.ts';
import { verdict } from '../../../support/temp-guard.ts';

async function worldWithHistory(): Promise<DisasterWorld> {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  for (let n = 1; n <= 9; n += 1) await verdict(guard, KEY_A, att(n - 1, n));
  await verdict(guard, KEY_A, att(0, 5, 7));
  await guard.close();
  return world;
}

it('holds every decision: who asked, for what, what came of it', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  const asked = { client: '10.0.0.7', type: 'ATTESTATION' };
  await guard.release(KEY_A, att(8, 9), () => Promise.resolve(1), asked);
  await guard.release(KEY_A, att(8, 9, 2), () => Promise.resolve(1), asked);
  await guard.release(KEY_A, block(83), () => Promise.resolve(1), { ...asked, type: 'BLOCK_V2' });
  await guard.close();
  const { records } = await storedHistory(world.path);
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
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  const outcome = await guard.release(KEY_A, att(8, 9), async () =>
    (await storedHistory(world.path)).records.map(({ type }) => type),
  );
  expect(outcome).toMatchObject({ kind: 'released', signature: ['admit-key', 'attestation'] });
});

it('keeps what clients and operators wrote as it was written', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  const odd = ['NULL', '', ' ', '"', '\\', '{a,b}', "'; DROP TABLE keys; --", '☃', 'two\nlines', '$1'];
  for (const client of odd) guard.recordRefusal(KEY_A, att(8, 9), { client, type: client }, client);
  await guard.operator.freeze([KEY_A], { by: 'NULL', reason: '\\"{}' });
  await guard.close();
  const { records } = await storedHistory(world.path);
  const kept = records.filter(({ verdict: what }) => what === 'refused');
  expect(kept.map(({ client, type, reason }) => [client, type, reason])).toEqual(
    odd.map((one) => [one, one, one]),
  );
  expect(records.find(({ type }) => type === 'freeze')).toMatchObject({ client: 'NULL', reason: '\\"{}' });
  expect((await verifyStored(world.path)).fault).toBeNull();
  expect((await world.openAny()).statusOf(KEY_A).frozen).toMatchObject({ reason: '\\"{}' });
});

describe('verification', () => {
  it('finds nothing in an untouched history', async () => {
    expect(await verifyStored((await worldWithHistory()).path)).toMatchObject({ records: 11n, fault: null });
  });

  const COLUMNS = `${SQL.owner}time_ms, client, pubkey, type, slot, source, target, signing_root, verdict, reason, hash`;
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
      [`UPDATE history SET signing_root = ${SQL.bytes('22')} WHERE id = 5`],
      { kind: 'changed', index: 5n },
    ],
    [
      'a pubkey is cut short',
      [`UPDATE history SET pubkey = ${SQL.bytes('22')} WHERE id = 3`],
      { kind: 'changed', index: 3n },
    ],
    [
      'the chain is written anew from a record on',
      [
        'DELETE FROM history WHERE id = 11',
        `UPDATE history SET hash = ${SQL.bytes('00'.repeat(32))} WHERE id = 10`,
      ],
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
      [`INSERT INTO history (id, ${COLUMNS}) SELECT 12, ${COLUMNS} FROM history WHERE id = 11`],
      { kind: 'changed', index: 12n },
    ],
    [
      "its head is not the last record's",
      [`UPDATE ${SQL.fence} SET history_head = ${SQL.bytes('00'.repeat(32))}`],
      { kind: 'wrong-end', index: 11n },
    ],
  ] as const)('names the record when %s', async (_what, statements, fault) => {
    const { path } = await worldWithHistory();
    await forge(path, ...statements);
    expect((await verifyStored(path)).fault).toEqual(fault);
  });

  it('can be done by anybody from an export, with nothing but SHA-256', async () => {
    const { records, ...ends } = await storedHistory((await worldWithHistory()).path);
    const [header, ...lines] = [...exportHistory({ ...ends, records: () => records })].map(
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
  /** More than a server needs to begin with it. */
  const MANY = 700n;

  it('removes the oldest records only, and the rest still verifies', async () => {
    const world = new DisasterWorld();
    const guard = await world.openAny({ historyMaxRecords: 4n });
    await guard.admitKey(KEY_A, false);
    const asked = { client: 'tester', type: 'BLOCK_V2' };
    for (let n = 1n; n < MANY; n += 1n) guard.recordRefusal(KEY_A, block(n), asked, 'SOME_REASON');
    await guard.probe();
    await expect
      .poll(async () => (await storedHistory(world.path)).base.index, { timeout: 10_000, interval: 50 })
      .toBe(MANY - 4n);
    expect(await verdict(guard, KEY_A, att(8, 9))).toBe('released');
    await guard.close();
    expect(await verifyStored(world.path)).toMatchObject({
      base: { index: expect.any(BigInt) as bigint },
      fault: null,
    });
    const { base, records } = await storedHistory(world.path);
    expect(records.map(({ index }) => index)).toEqual(records.map((_, n) => base.index + BigInt(n) + 1n));
    expect(records.at(-1)).toMatchObject({ index: MANY + 1n, type: 'attestation' });
    await forge(world.path, `DELETE FROM history WHERE id = ${base.index + 1n}`);
    expect((await verifyStored(world.path)).fault).toEqual({ kind: 'missing', index: base.index + 1n });
  });
});

it('holds a message that moves money before its signature leaves', async () => {
  const world = new DisasterWorld();
  const guard = await world.openAny();
  await guard.admitKey(KEY_A, false);
  const exit = { kind: 'unslashable', signingRoot: root(7), irrevocable: true } as const;
  const asked = { client: 'tester', type: 'VOLUNTARY_EXIT' };
  await guard.release(KEY_A, exit, () => Promise.resolve('signature'), asked);
  const { records } = await storedHistory(world.killed().path);
  expect(records.map(({ type }) => type)).toContain('VOLUNTARY_EXIT');
});

it('that was written anew from some record on is told by what an anchor remembers', async () => {
  const { base, records } = await storedHistory((await worldWithHistory()).path);
  let head = base;
  const forged = records.map((record) => {
    head = link(head, { ...record, ...(record.index >= 7n ? { client: 'nobody' } : {}) });
    return { ...record, ...(record.index >= 7n ? { client: 'nobody' } : {}), ...head };
  });
  expect(verifyHistory(base, forged, head).fault).toBeNull();
  const [witness] = records.slice(8, 9);
  expect(verifyHistory(base, forged, head, [witness!]).fault).toEqual({ kind: 'changed', index: 9n });
});
