import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerLines, writeLines } from '../../support/splits-files.ts';
import { attested, rowsOf } from '../../support/splits-ledger.ts';
import { runVigil, type Ran } from '../../support/run-vigil.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-report-'));
  const rows = [
    ...rowsOf(7, 2, [attested(1000), attested(500)]),
    ...rowsOf(9, 2, [attested(20), { residualGwei: 3n }]),
  ];
  writeLines(join(folder, 'ledger.jsonl'), ledgerLines(rows));
  writeFileSync(join(folder, 'prices.csv'), 'date,price\n2026-01-02,2000\n2026-01-03,2001.5\n');
  writeFileSync(join(folder, 'broken.csv'), 'date;price\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const report = (...args: string[]): Promise<Ran> =>
  runVigil(['rewards', 'report', '--from', '2026-01-02', '--to', '2026-01-03', ...args], {}, folder);
const LEDGER = ['--ledger', 'ledger.jsonl'];
const RESIDUAL = expect.stringContaining('warning: the balances of 1 row are not explained') as string;

test('a table, JSON, and a residual that is told whatever the format', { timeout: 60_000 }, async () => {
  const table = await report(...LEDGER);
  expect(table).toMatchObject({ code: 0, stderr: RESIDUAL });
  expect(table.stdout.split('\n').slice(2)).toEqual([
    '       attestations   consensus     RESIDUAL',
    '-----  ------------  ----------  -----------',
    '7         0.0000015   0.0000015            0',
    '9        0.00000002  0.00000002  0.000000003',
    'total    0.00000152  0.00000152  0.000000003',
    '',
  ]);
  const json = await report(...LEDGER, '--json', '--by', 'total');
  expect(json).toMatchObject({ code: 0, stderr: RESIDUAL });
  expect(JSON.parse(json.stdout)).toMatchObject({
    totals: { clIncomeGwei: '1520', residualGwei: '3' },
    warnings: [expect.stringContaining('not explained')],
  });
  expect(JSON.parse((await report(...LEDGER, '--format', 'json', '--by', 'total')).stdout)).toEqual(
    JSON.parse(json.stdout),
  );
});

test('a tax file is written whole', { timeout: 60_000 }, async () => {
  const layout = ['--format', 'csv', '--layout', 'ethstaker', '--prices', 'prices.csv', '--currency', 'EUR'];
  const style = ['--delimiter', 'semicolon', '--decimal', 'comma', '--out', 'tax.csv'];
  expect(await report(...LEDGER, ...layout, ...style)).toMatchObject({
    code: 0,
    stdout: '',
    stderr: RESIDUAL,
  });
  expect(readFileSync(join(folder, 'tax.csv'), 'utf8').split('\n')).toEqual([
    'Date;Validator Index;Price [EUR/ETH];Consensus Layer Income [ETH];Execution Layer Income [ETH]',
    '2026-01-02;7;2000;0,000001;0',
    '2026-01-03;7;2001,5;0,0000005;0',
    '2026-01-02;9;2000;0,00000002;0',
    '2026-01-03;9;2001,5;0;0',
    '',
  ]);
});

test.each([
  [['--ledger', 'none.jsonl'], 1, 'none.jsonl'],
  [[...LEDGER, '--prices', 'prices.csv'], 2, 'say what currency'],
  [[...LEDGER, '--currency', 'EUR', '--prices', 'broken.csv'], 2, 'broken.csv:1'],
  [[...LEDGER, '--layout', 'ethstaker', '--currency', 'EUR'], 2, 'for --format csv'],
  [[...LEDGER, '--layout', 'ethstaker', '--format', 'csv'], 2, 'say in what currency'],
  [
    [...LEDGER, '--layout', 'ethstaker', '--format', 'csv', '--currency', 'EUR', '--by', 'group'],
    2,
    'by day or',
  ],
  [[...LEDGER, '--decimal', 'comma'], 2, 'another delimiter'],
])('%j is refused', { timeout: 60_000 }, async (args, expected, message) => {
  const { code, stdout, stderr } = await report(...args);
  expect(stderr).toContain(message);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
});
