import Database from 'better-sqlite3';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { brokenAfter, FATES, imageAfter, saidBefore, seeded } from '../../crash/power-cut.ts';
import { recordedTrace } from '../../crash/recorded-trace.ts';
import { openTestGuard, tempDatabase } from '../../support/temp-guard.ts';

/** A fast part of `npm run test:crash`, without the compiler that the rest needs. */

const operations = recordedTrace();
const points = Array.from({ length: Math.floor(operations.length / 6) }, (_, n) => (n + 1) * 6);

it.each(FATES)(
  'a power cut that leaves unsynced writes %s breaks no word',
  { timeout: 60_000 },
  async (fate) => {
    for (const point of points) {
      const image = imageAfter(operations, point, fate, seeded(point));
      const broken = await brokenAfter(image, saidBefore(operations, point));
      expect({ point, broken }).toEqual({ point, broken: [] });
    }
    expect(saidBefore(operations, operations.length).length).toBeGreaterThan(20);
  },
);

it('a disk that only says that it has synced is found out', async () => {
  const found: string[] = [];
  for (const point of points) {
    const image = imageAfter(operations, point, 'all lost', seeded(point), true);
    found.push(...(await brokenAfter(image, saidBefore(operations, point))));
  }
  for (const word of [
    'released, and uncovered',
    'import lost',
    'deletion lost',
    'freeze lost',
    'hand-over lost',
  ]) {
    expect({ word, times: found.filter((what) => what.includes(word)).length > 5 }).toEqual({
      word,
      times: true,
    });
  }
});

it('the recorded trace is of the present schema (else: node test/crash/record-trace.ts)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-trace-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of imageAfter(operations, operations.length, 'all kept', seeded(1))) {
    writeFileSync(join(folder, name), content);
  }
  const path = tempDatabase();
  await openTestGuard(path).close();
  const schemaOf = (file: string): unknown[] => {
    const db = new Database(file);
    const rows = db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all();
    db.close();
    return rows;
  };
  expect(schemaOf(join(folder, 'slashing.sqlite'))).toEqual(schemaOf(path));
});
