import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { ACCEPT_NOTHING } from '../../../../monitor/splits/manifest/acceptance.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, GWEI, MemoryLedger, row } from '../../../support/splits-ledger.ts';

const PEOPLE = [person('ann', 1), person('ben', 2), person('node', 3, 'type: operator')];
const RULES = '  - {indices: ["1-2"], operator: node}';
const ROWS = [row(1, 2, attested(5_000_000)), row(2, 2, { ...attested(100), slashingGwei: -3_000_000n })];
const MORE =
  'loss: {policy: high-water-mark, bonds: {node: 0.001}}\n' +
  'commission: [{to: node, rate: 10%}]\nexpenses: [{label: Power, on: 2026-01-02, eth: 0.0005}]';

function files(more: string, rows = ROWS, opening: PayoutState = EMPTY_STATE): Map<string, string> {
  const made = new Map<string, string>();
  produceSplit(
    {
      ledger: new MemoryLedger(rows),
      source: parsePool(poolText(PEOPLE, more, RULES), 'pool.yaml'),
      period: parsePeriod('2026-01-02', CHAIN),
      ...{ opening, acceptance: ACCEPT_NOTHING, toolVersion: 'test' },
    },
    ({ name, text }) => made.set(name, text),
  );
  return made;
}

type Row = readonly [id: string, kind: string, label: string, eth: string];
const rowsOf = (made: Map<string, string>, id: string): Row[] =>
  (made.get('statements.csv') ?? '')
    .split('\n')
    .map((line) => line.split(',') as unknown as Row)
    .filter(([of]) => of === id);

test('a statement leads from the income of the pool to what is shared', () => {
  const made = files(MORE);
  const pooled = rowsOf(made, 'ann').filter(([, kind]) => kind === 'pool');
  expect(pooled.map(([, , label, eth]) => [label, eth])).toEqual([
    ['Consensus layer', '0.0050001'],
    ['Income of the pool', '0.0050001'],
    ['"Slashing of validator 2', ' run by node"'],
    ['Made good by bonds', '0.001'],
    ['Expenses', '-0.0005'],
    ['Net', '0.0025001'],
    ['Commissions', '-0.00025001'],
    ['Shared among the participants', '0.00225009'],
  ]);
  const page = made.get('statements/ann.html') ?? '';
  for (const said of ['Slashing of validator 2, run by node', '-0.003', 'Net', '0.0025001'])
    expect(page).toContain(`<td>${said}</td>`);
});

test('the parts before each sum of the pool add up to it', () => {
  const opening = { ...EMPTY_STATE, lossWei: GWEI * 1000n, carryWei: 7n };
  for (const [more, before] of [
    [MORE, EMPTY_STATE],
    [MORE, opening],
    ['loss: {policy: high-water-mark}\nexpenses: [{label: Big, on: 2026-01-02, eth: 1}]', opening],
    ['loss: {policy: pro-rata}\nadjustments: [{label: Wrong, on: 2026-01-02, eth: -1}]', opening],
  ] as const) {
    const [line = '{}'] = (files(more, ROWS, before).get('statements.jsonl') ?? '').split('\n');
    const { poolLines } = JSON.parse(line) as { poolLines: { label: string; amountWei: string }[] };
    let sum = 0n;
    for (const { label, amountWei } of poolLines) {
      if (['Income of the pool', 'Net', 'Shared among the participants'].includes(label))
        expect([label, sum]).toEqual([label, BigInt(amountWei)]);
      else if (label !== 'Losses still to be made good') sum += BigInt(amountWei);
    }
  }
});

test('who was slashed sees it, with the bond that was taken and what is left', () => {
  const made = files(MORE);
  expect(rowsOf(made, 'node').filter(([, kind]) => kind === 'note')).toEqual([
    ['node', 'note', 'Slashing of own validator 2', '-0.003', '-3000000000000000', '', '', ''],
    ['node', 'note', 'Taken from the bond in this period', '-0.001', '-1000000000000000', '', '', ''],
    ['node', 'note', 'Left of the bond', '0', '0', '', '', ''],
    ['node', 'note', 'Of that slashing', ' borne by the pool"', '0.002', '2000000000000000', '', '', ''].map(
      (cell, at) => (at === 2 ? `"${cell}` : cell),
    ),
  ]);
  expect(rowsOf(made, 'ann').some(([, kind]) => kind === 'note')).toBe(false);
  expect(made.get('statements/node.html')).toContain('<h2>Slashing and bond</h2>');
  const [head = '', ...lines] = (made.get('summary.csv') ?? '').trimEnd().split('\n');
  const cell = (id: string, name: string) =>
    lines.find((line) => line.startsWith(`${id},`))?.split(',')[head.split(',').indexOf(name)];
  expect(['slashing_eth', 'bond_used_eth', 'bond_left_eth'].map((name) => cell('node', name))).toEqual([
    '-0.003',
    '0.001',
    '0',
  ]);
  expect(cell('ann', 'slashing_eth')).toBe('');
});

test('a loss that is shared out is called one, and a loss that is carried is on every statement', () => {
  const loss = [row(1, 2, attested(-1000)), row(2, 2)];
  const shared = rowsOf(files('loss: {policy: pro-rata}', loss), 'ben');
  expect(shared).toContainEqual(expect.arrayContaining(['Share by weight of a loss', '-0.0000005']));
  const carried = rowsOf(files('loss: {policy: high-water-mark}', loss), 'ben');
  expect(carried).toContainEqual(expect.arrayContaining(['Losses still to be made good', '-0.000001']));
});

test('the bond of a loss that nobody was slashed for is seen too', () => {
  const loss = [row(1, 2, attested(-1000)), row(2, 2)];
  const made = files('loss: {policy: operator-bond-first, bonds: {node: 1}}', loss);
  const notes = rowsOf(made, 'node').filter(([, kind]) => kind === 'note');
  expect(notes.map(([, , label, eth]) => [label, eth])).toEqual([
    ['Taken from the bond in this period', '-0.000001'],
    ['Left of the bond', '0.999999'],
  ]);
});
