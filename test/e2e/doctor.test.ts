import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { vigil, vigilOk } from './support/vigil-process.ts';

let network: TestNetwork;
let dataDir: string;
beforeEach(async () => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  await vigilOk(['init', '--data-dir', dataDir, ...network.flags]);
});
afterEach(() => rmSync(network.folder, { recursive: true, force: true }));

interface Report {
  readonly grade: string;
  readonly checks: { check: string; findings: { grade: string; found: string; mend: string | null }[] }[];
}

async function doctor(...flags: string[]) {
  const { code, stdout } = await vigil([
    'doctor',
    '--json',
    '--data-dir',
    dataDir,
    ...network.flags,
    ...flags,
  ]);
  return { code, report: JSON.parse(stdout) as Report };
}

test('a new data directory has warnings at most, says so in its exit code, and is left as it was', async () => {
  // SQLite makes its log beside a database that is read, too.
  const files = () => readdirSync(dataDir).filter((name) => !/-(wal|shm)$/.test(name));
  const before = files();
  const { code, report } = await doctor();
  expect(report.checks.flatMap(({ findings }) => findings).filter(({ grade }) => grade === 'fault')).toEqual(
    [],
  );
  // No beacon node was named.
  expect(report.grade).toBe('warning');
  expect(code).toBe(1);
  expect(files()).toEqual(before);
});

test('a token that others can read is a fault, for people with what to do about it', async () => {
  chmodSync(join(dataDir, 'api-token.txt'), 0o644);
  expect(await doctor()).toMatchObject({ code: 3, report: { grade: 'fault' } });
  const { stdout } = await vigil(['doctor', '--data-dir', dataDir, ...network.flags]);
  expect(stdout).toMatch(/FAULT +.*api-token\.txt\n +-> chmod/);
});

test('a configuration that cannot be read is what is found', async () => {
  const { code, report } = await doctor('--http-port', 'many');
  expect(code).toBe(3);
  expect(report.checks.at(-1)?.findings[0]?.found).toContain('http-port');
});

test('without a data directory there is nothing to examine', async () => {
  const { code, stderr } = await vigil(['doctor', '--data-dir', join(network.folder, 'none')]);
  expect(code).not.toBe(0);
  expect(stderr).toContain('vigil init');
});
