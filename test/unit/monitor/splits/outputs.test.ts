import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEth, sum } from '../../../../monitor/splits/amounts.ts';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { ACCEPT_NOTHING } from '../../../../monitor/splits/manifest/acceptance.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { csv } from '../../../../monitor/splits/outputs/csv.ts';
import { fiatValue } from '../../../../monitor/splits/outputs/tax-lots.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import {
  attested,
  CHAIN,
  ETH,
  MemoryLedger,
  rowsOf,
  type MemoryFacts,
} from '../../../support/splits-ledger.ts';

const PERIOD = '2026-01-02..2026-01-04';
const ROWS = rowsOf(7, 2, [attested(3_000_000), attested(-1_000_000), attested(1_000_000)]);

function files(
  text: string,
  rows: readonly LedgerRow[] = ROWS,
  facts: MemoryFacts = {},
): Map<string, string> {
  const made = new Map<string, string>();
  produceSplit(
    {
      ledger: new MemoryLedger(rows, facts),
      source: parsePool(text, 'pool.yaml'),
      period: parsePeriod(PERIOD, CHAIN),
      opening: EMPTY_STATE,
      acceptance: ACCEPT_NOTHING,
      toolVersion: 'test',
    },
    ({ name, text: content }) => {
      expect(made.has(name)).toBe(false);
      made.set(name, content);
    },
  );
  return made;
}

const TWO = [
  'id: ann, name: "=HYPERLINK(1)", address: "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", stake: [{eth: 1}]',
  'id: ben, name: "<b>Ben</b>, \\"B\\"", address: "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", stake: [{eth: 2}]',
];
const FULL = `${poolText(TWO)}\nmerkle: {kind: period}\ntax: {basis: accrual, currency: EUR}`;
const PRICES = { 'EUR 2026-01-02': '3000.005', 'EUR 2026-01-04': '10' };

test('the same inputs give the same bytes', () => {
  const [first, second] = [files(FULL, ROWS, { prices: PRICES }), files(FULL, ROWS, { prices: PRICES })];
  expect([...second]).toEqual([...first]);
  expect([...first.keys()].at(-1)).toBe('manifest.json');
});

test('payouts in every form add up to what was paid', () => {
  const made = files(FULL);
  const third = (3_000_000n * 10n ** 9n) / 3n;
  expect(made.get('payouts.csv')?.split('\n').slice(1, 3)).toEqual([
    `ann,'=HYPERLINK(1),0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,0.001,${third}`,
    `ben,"<b>Ben</b>, ""B""",0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359,0.002,${2n * third}`,
  ]);
  expect(made.get('safe-airdrop.csv')).toBe(
    'token_type,token_address,receiver,amount,id\n' +
      'native,,0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,0.001,\n' +
      'native,,0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359,0.002,\n',
  );
  expect(made.get('disperse.txt')).toBe(
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,0.001\n0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359,0.002\n',
  );
  expect(JSON.parse(made.get('safe-transactions.json') ?? '')).toMatchObject({
    version: '1.0',
    chainId: '1',
    createdAt: Date.UTC(2026, 0, 5),
    transactions: [
      {
        to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
        value: third.toString(),
        data: null,
        contractMethod: null,
        contractInputsValues: null,
      },
      { to: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359', value: (2n * third).toString() },
    ],
  });
});

test('a large pool is paid in batches that fit a block, each participant once', () => {
  const people = Array.from({ length: 501 }, (_, index) => person(`p${index}`, index + 1));
  const made = files(poolText(people));
  const batches = [...made].filter(([name]) => name.startsWith('safe-transactions-'));
  const paid = batches.flatMap(
    ([, text]) => (JSON.parse(text) as { transactions: { to: string }[] }).transactions,
  );
  expect(batches.map(([name]) => name)).toContain('safe-transactions-3-of-3.json');
  expect(new Set(paid.map(({ to }) => to.toLowerCase())).size).toBe(501);
});

test('lots by accrual lie on the days that earned, and add up to the credit', () => {
  const made = files(FULL, ROWS, { prices: PRICES });
  // 0.001 ETH over days that earned 3 and 1; the day of the loss has no lot.
  expect(made.get('tax/ann.koinly.csv')).toBe(
    'Koinly Date,Amount,Currency,Label,Net Worth Amount,Net Worth Currency,Description,TxHash\n' +
      '2026-01-02 23:59 UTC,0.00075,ETH,reward,2.25,EUR,Staking rewards of Test,\n' +
      '2026-01-04 23:59 UTC,0.00025,ETH,reward,0.00,EUR,Staking rewards of Test,\n',
  );
  expect(made.get('tax/ann.cointracker.csv')).toBe(
    'Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,Fee Currency,Tag\n' +
      '01/02/2026 23:59:00,0.00075,ETH,,,,,staking\n' +
      '01/04/2026 23:59:00,0.00025,ETH,,,,,staking\n',
  );
  expect(made.get('tax/ann.rotki.csv')?.split('\n')).toEqual([
    'Type,Location,Currency,Amount,Fee,Fee Currency,Description,Timestamp',
    `Staking,external,ETH,0.00075,,,Staking rewards of Test,${Date.UTC(2026, 0, 2, 23, 59)}`,
    `Staking,external,ETH,0.00025,,,Staking rewards of Test,${Date.UTC(2026, 0, 4, 23, 59)}`,
    '',
  ]);
});

test('lots by accrual begin when the stake did', () => {
  const later = [person('ann', 1), person('ben', 2, 'stake: [{from: 2026-01-04, eth: 32}]')];
  const made = files(`${poolText(later)}\ntax: {basis: accrual}`);
  expect(made.get('tax/ben.rotki.csv')?.split('\n')).toHaveLength(3);
  expect(made.get('tax/ann.rotki.csv')?.split('\n')).toHaveLength(4);
});

test('lots by payout are one, on the last day; a missing price is missing, not zero', () => {
  const text = `${poolText(TWO)}\ntax: {currency: USD, formats: [koinly]}`;
  const made = files(text);
  expect(made.get('tax/ann.koinly.csv')?.split('\n')[1]).toBe(
    '2026-01-04 23:59 UTC,0.001,ETH,reward,,,Staking rewards of Test,',
  );
  expect(made.get('statements/ann.html')).toContain('no price');
  expect([...made.keys()].some((name) => name.includes('rotki'))).toBe(false);
});

test.each(['payout', 'accrual'])('by %s: an expense that is paid back is no reward', (basis) => {
  const text = poolText(
    [person('ann', 1)],
    `expenses: [{label: x, on: 2026-01-03, eth: 0.001, to: ann}]\ntax: {basis: ${basis}}`,
  );
  const rows = (files(text).get('tax/ann.rotki.csv') ?? '').trimEnd().split('\n').slice(1);
  const lots = rows.map((line) => parseEth(line.split(',')[3] ?? '') ?? 0n);
  expect(sum(lots)).toBe((2n * ETH) / 1000n);
});

test.each([
  [ETH, '1234.567', '1234.57'],
  [ETH, '0.005', '0.01'],
  [ETH, '0.0049', '0.00'],
  [1n, '3000', '0.00'],
  [ETH / 3n, '3000', '1000.00'],
  [10n ** 30n, '9007199254740993.01', '9007199254740993010000000000.00'],
])('%s wei at %s', (amount, price, value) => {
  expect(fiatValue(amount, price)).toBe(value);
});

test('every statement adds up, in JSON and in CSV', () => {
  const text = poolText(TWO, 'commission: [{to: ann, rate: 10%}]\nminimum-payout: 0.002');
  const made = files(text);
  for (const line of (made.get('statements.jsonl') ?? '').trimEnd().split('\n')) {
    const statement = JSON.parse(line) as { lines: { label: string; amountWei: string }[] };
    const amounts = statement.lines.map(({ amountWei }) => BigInt(amountWei));
    const balance = statement.lines.findIndex(({ label }) => label === 'Balance');
    expect(sum(amounts.slice(0, balance))).toBe(amounts[balance]);
    expect(amounts[balance]).toBe(amounts[balance + 1]! + amounts[balance + 2]!);
  }
  expect(made.get('statements.csv')).toContain('ann,line,Carried to the next period,0.0012');
});

test('a page cannot be made to run anything, and loads nothing', () => {
  const page = files(FULL).get('statements/ben.html') ?? '';
  expect(page).toContain('&lt;b&gt;Ben&lt;/b&gt;, &quot;B&quot;');
  expect(page).not.toMatch(/<script|<b>|src=|href=|url\(/);
  expect(page.match(/<rect /g)).toHaveLength(3);
  expect(page.match(/class="loss"/g)).toHaveLength(1);
});

test('text that a spreadsheet would run is text; numbers stay numbers', () => {
  expect(csv(['a'], [['=1+1'], ['@x'], ['-5.25'], ['-cmd'], ['a"b'], ['two\nlines']])).toBe(
    `a\n'=1+1\n'@x\n-5.25\n'-cmd\n"a""b"\n"two\nlines"\n`,
  );
});

test('the manifest has the facts that bind the split', () => {
  const manifest = JSON.parse(files(FULL).get('manifest.json') ?? '') as Record<string, unknown>;
  expect(manifest).toMatchObject({
    kind: 'vigil-rewards-split',
    ruleset: 'vigil-splits-3',
    network: 'mainnet',
    chainId: '1',
    startSlot: '7200',
    endSlot: '28799',
    blocks: { before: { slot: '7199' }, last: { slot: '28799' } },
    rows: { rows: 3 },
    accepted: [],
    rounding: 'largest-remainder',
    totals: { distributableWei: '3000000000000000' },
  });
  expect(manifest['merkle']).toMatchObject({ kind: 'period' });
  expect(Object.keys(manifest['files'] as object)).toEqual(
    expect.arrayContaining(['pool.yaml', 'opening.json', 'result.json', 'payouts.csv', 'merkle.json']),
  );
});

test('fiat values never fall as amounts grow', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 22n), fc.bigInt(0n, 10n ** 18n), (amount, more) => {
      const cents = (text: string) =>
        BigInt(text.includes('.') ? text.replace('.', '').padEnd(text.indexOf('.') + 2, '0') : `${text}00`);
      expect(cents(fiatValue(amount + more, '3141.59')) >= cents(fiatValue(amount, '3141.59'))).toBe(true);
    }),
  );
});
