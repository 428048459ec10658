import Database from 'better-sqlite3';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../../../monitor/store/index.ts';
import { SCHEMA_VERSION } from '../../../../monitor/store/sqlite/migrations.ts';
import { at, rootOf, STORE_CHAIN, StoreWorld, watched } from '../../../support/store-world.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-store-'));
  path = join(folder, 'monitor.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const chain = STORE_CHAIN;
const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;
const make = (): void => openStore({ path, chain }).close();
const change = (sql: string): void => {
  const db = new Database(path);
  db.exec(sql);
  db.close();
};

test('the file and its side files are for their owner only', () => {
  const store = openStore({ path, chain });
  store.watch([watched(1)], at(0));
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(`${path}${suffix}`).mode & 0o777).toBe(0o600);
  store.close();
  chmodSync(path, 0o640);
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_EXPOSED'));
});

test.each<[string, Partial<typeof chain>, string]>([
  ['another genesis', { genesisValidatorsRoot: rootOf(78) }, 'MONITOR_DB_OTHER_NETWORK'],
  ['another chain id', { chainId: 8n }, 'MONITOR_DB_OTHER_NETWORK'],
  ['another genesis time', { genesisTimeSeconds: 5n }, 'MONITOR_DB_OTHER_NETWORK'],
  ['other epochs', { slotsPerEpoch: 32n }, 'MONITOR_DB_OTHER_NETWORK'],
  ['other slots', { slotDurationMs: 5000n }, 'MONITOR_DB_OTHER_NETWORK'],
  ['other days', { ledgerDay: 'epochs:225' }, 'MONITOR_DB_OTHER_CALENDAR'],
])('%s is refused and changes nothing', (_name, other, expected) => {
  make();
  const before = readFileSync(path);
  expect(() => openStore({ path, chain: { ...chain, ...other } })).toThrow(code(expected));
  expect(readFileSync(path)).toEqual(before);
  const store = openStore({ path, chain: { ...chain, network: 'another-name' } });
  expect(store.chain.network).toBe('devnet');
  store.close();
});

test('what is not a database of the monitor is left alone', () => {
  writeFileSync(path, 'not a database at all, but long enough to be looked at'.repeat(20), { mode: 0o600 });
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_CORRUPT'));
  rmSync(path);
  change('CREATE TABLE mine (a)');
  chmodSync(path, 0o600);
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_NOT_OURS'));
  // A slashing database, above all.
  change('PRAGMA application_id = 1447512396');
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_NOT_OURS'));
  expect(() => openStore({ path: join(folder, 'no', 'folder'), chain })).toThrow(
    code('MONITOR_DB_CANNOT_OPEN'),
  );
});

test('a newer schema is refused, by writers and readers; an older one by readers', () => {
  make();
  change(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_SCHEMA_TOO_NEW'));
  expect(() => openStore({ path })).toThrow(code('MONITOR_DB_SCHEMA_TOO_NEW'));
  change(`PRAGMA user_version = ${SCHEMA_VERSION - 1}`);
  // Version 0 is an empty file; the one before the first that could be older.
  expect(() => openStore({ path })).toThrow(
    code(SCHEMA_VERSION === 1 ? 'MONITOR_DB_NOT_OURS' : 'MONITOR_DB_SCHEMA_TOO_OLD'),
  );
});

test('a damaged page is noticed when it is read, and named', () => {
  const world = new StoreWorld(5);
  const store = openStore({ path, chain });
  const many = Array.from({ length: 200 }, (_, index) => index);
  store.watch(
    many.map((v) => watched(v)),
    at(0),
  );
  store.writeEpoch(world.record(1, many));
  store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 0, 100);
  writeFileSync(path, bytes);
  expect(() => openStore({ path, chain })).toThrow(code('MONITOR_DB_CORRUPT'));
});

test('a reader sees one moment, beside a writer, and writes nothing', () => {
  expect(() => openStore({ path })).toThrow(code('MONITOR_DB_MISSING'));
  const world = new StoreWorld(2);
  const writer = openStore({ path, chain });
  writer.watch([watched(1)], at(0));
  writer.writeEpoch(world.record(1, [1]));
  const reader = openStore({ path });
  writer.writeEpoch(world.record(2, [1]));
  expect(reader.coverage(1)).toEqual([{ first: 1n, last: 1n }]);
  expect(reader.chain).toEqual(chain);
  for (const write of [
    () => reader.writeEpoch(world.record(3, [1])),
    () => reader.watch([watched(2)], at(0)),
    () => reader.skip({ from: at(0), to: at(1) }, 'x'),
    () => reader.prune({ keepDetailEpochs: 0n, keepDays: null }),
  ])
    expect(write).toThrow(code('MONITOR_DB_READ_ONLY'));
  reader.close();
  const again = openStore({ path });
  expect(again.coverage(1)).toEqual([{ first: 1n, last: 2n }]);
  again.close();
  writer.close();
});

test('two writers at once count nothing twice', () => {
  const world = new StoreWorld(3);
  const [one, other] = [openStore({ path, chain }), openStore({ path, chain })];
  one.watch([watched(1)], at(0));
  for (let epoch = 0; epoch < 20; epoch += 1) {
    expect([one, other][epoch % 2]!.writeEpoch(world.record(epoch, [1]))).toBe(1);
    expect([other, one][epoch % 2]!.writeEpoch(world.record(epoch, [1]))).toBe(0);
  }
  expect(one.coverage(1)).toEqual([{ first: 0n, last: 19n }]);
  one.close();
  other.close();
});
