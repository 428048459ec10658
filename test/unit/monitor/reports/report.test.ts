import { describe, expect, it, test } from 'vitest';
import {
  buildReport,
  centsText,
  ethstakerCsv,
  fiatCents,
  parsePrices,
  reportCsv,
  reportJson,
  reportTable,
  type ReportRequest,
} from '../../../../monitor/reports/index.ts';
import { delimited, number } from '../../../../monitor/reports/delimited.ts';
import { sparkline } from '../../../../monitor/reports/sparkline.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { attested, january, MemoryLedger, pubkey, row, rowsOf } from '../../../support/splits-ledger.ts';

const REQUEST: ReportRequest = {
  from: january(2),
  to: january(3),
  by: 'validator',
  basis: 'accrual',
  currency: null,
  prices: null,
  tag: null,
};
const block = (slot: bigint, amountWei: bigint, confidence: 'exact' | 'unresolved' = 'exact') => ({
  slot,
  amountWei,
  kind: 'mev' as const,
  method: 'relay' as const,
  confidence,
});

/** Two validators, two days: a gain, a loss, a block, a withdrawal. */
const ROWS: LedgerRow[] = [
  ...rowsOf(7, 2, [
    { attestationGwei: 2_050_000n, execution: [block(7300n, 53_000_000_000_000_001n)], tags: ['solo', 'eu'] },
    { attestationGwei: -1_000_001n, withdrawalsPartialGwei: 3_000_000n, tags: ['solo', 'eu'] },
  ]),
  ...rowsOf(30, 2, [
    { ...attested(2_000_000), tags: [] },
    { ...attested(2_100_000), syncGwei: 5n, tags: [] },
  ]),
];
const report = (more: Partial<ReportRequest> = {}, rows = ROWS) =>
  buildReport(new MemoryLedger(rows), { ...REQUEST, ...more });
const STYLE = { delimiter: ',', decimal: '.' } as const;
const EUR = parsePrices('date,price\n2026-01-02,3000.5\n2026-01-03,2900\n', 'eur.csv');

describe('the table', () => {
  it('has the columns that say something, totals, and a trend on a terminal', () => {
    expect(reportTable(report(), true)).toEqual([
      ['', 'attestations', '       sync', '  consensus', '           execution', 'withdrawn', 'by day'],
      ['7', ' 0.001049999', '          0', '0.001049999', '0.053000000000000001', '    0.003', '█▿'],
      ['30', '      0.0041', '0.000000005', '0.004100005', '                   0', '        0', '██'],
      ['total', ' 0.005149999', '0.000000005', '0.005150004', '0.053000000000000001', '    0.003', '█▁'],
    ]);
    expect(reportTable(report(), false)[0]).not.toContain('by day');
  });

  it('has a line for each group, day, or nothing but the total', () => {
    const names = (by: ReportRequest['by']) => reportTable(report({ by }), false).map(([name]) => name);
    expect(names('group')).toEqual(['', 'default', 'solo', 'total']);
    expect(names('day')).toEqual(['', january(2), january(3), 'total']);
    expect(names('validator-day')).toHaveLength(6);
    expect(names('total')).toEqual(['', 'total']);
  });

  it('compares with perfect votes where the ledger knows them', () => {
    const rows = ROWS.map((each) => ({ ...each, idealAttestationGwei: 3_000_000n }));
    const [header, first] = reportTable(report({}, rows), false);
    expect(header![2]!.trim()).toBe('of ideal');
    expect(first![2]!.trim()).toBe('17.49%');
  });

  it('shows money where there is a price for every day, and a dash where not', () => {
    const eur = (more: Partial<ReportRequest>) =>
      reportTable(report({ by: 'day', currency: 'EUR', ...more }), false).map((cells) =>
        cells.at(-1)!.trim(),
      );
    // 0.00205 × 3000.5 = 6.151; 0.053 × 3000.5 = 159.0265; 0.002 × 3000.5 = 6.001; each rounded by itself.
    expect(eur({ prices: EUR })).toEqual(['EUR', '171.18', '3.19', '174.37']);
    expect(eur({ prices: new Map([[january(2), '3000.5']]) })).toEqual(['EUR', '171.18', '-', '-']);
  });
});

describe('CSV', () => {
  it('has every column with exact amounts', () => {
    const lines = reportCsv(report({ currency: 'EUR', prices: EUR }), STYLE)
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(3);
    const [header = [], first = []] = lines.map((line) => line.split(','));
    const cells = Object.fromEntries(header.map((name, at) => [name, first[at]]));
    expect(cells).toEqual({
      validator_index: '7',
      pubkey: pubkey(7),
      group: 'solo',
      first_day: january(2),
      last_day: january(3),
      attestation_eth: '0.001049999',
      ideal_attestation_eth: '',
      sync_eth: '0',
      proposer_eth: '0',
      slashing_eth: '0',
      cl_income_eth: '0.001049999',
      el_income_eth: '0.053000000000000001',
      withdrawals_partial_eth: '0.003',
      withdrawals_full_eth: '0',
      deposits_eth: '0',
      consolidation_eth: '0',
      residual_eth: '0',
      el_blocks: '1',
      el_methods: 'relay',
      el_confidence: 'exact',
      el_unresolved_blocks: '0',
      attestations_assigned: '450',
      attestations_included: '450',
      proposals_assigned: '0',
      proposals_included: '0',
      sync_assigned: '0',
      sync_included: '0',
      final: 'yes',
      cl_income_eur: '3.25',
      el_income_eur: '159.03',
    });
  });

  it('has the group of every validator, and one line of it also where it moved to another', () => {
    const groups = (by: ReportRequest['by'], rows = ROWS) =>
      reportCsv(report({ by }, rows), STYLE)
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => {
          const [index, , group] = line.split(',');
          return `${index} ${group}`;
        });
    expect(groups('validator')).toEqual(['7 solo', '30 default']);
    expect(groups('validator-day')).toEqual(['7 solo', '7 solo', '30 default', '30 default']);
    const moved = ROWS.map((row) =>
      row.validatorIndex === 7n && row.day === january(3) ? { ...row, tags: ['rented'] } : row,
    );
    expect(groups('validator', moved)).toEqual(['7 solo', '30 default']);
    expect(groups('validator-day', moved)).toEqual(['7 solo', '7 rented', '30 default', '30 default']);
  });

  it('in the layout of ethstaker.tax', () => {
    const style = { delimiter: ';', decimal: ',' } as const;
    const request = { by: 'validator-day', currency: 'EUR', prices: EUR } as const;
    expect(ethstakerCsv(report(request), new MemoryLedger([]), style)).toBe(
      [
        'Date;Validator Index;Price [EUR/ETH];Consensus Layer Income [ETH];Execution Layer Income [ETH]',
        '2026-01-02;7;3000,5;0,00205;0,053000000000000001',
        '2026-01-03;7;2900;-0,001000001;0',
        '2026-01-02;30;3000,5;0,002;0',
        '2026-01-03;30;2900;0,002100005;0',
        '',
      ].join('\n'),
    );
    const byDay = ethstakerCsv(report({ ...request, by: 'day' }), new MemoryLedger([]), STYLE);
    expect(byDay.split('\n').slice(0, 2)).toEqual([
      'Date,Price [EUR/ETH],Consensus Layer Income [ETH],Execution Layer Income [ETH]',
      '2026-01-02,3000.5,0.00405,0.053000000000000001',
    ]);
  });

  it('takes the prices of the ledger when there is no file, and leaves a missing one empty', () => {
    const ledger = new MemoryLedger(ROWS, { prices: { [`EUR ${january(2)}`]: '10' } });
    const found = buildReport(ledger, { ...REQUEST, by: 'day', currency: 'EUR' });
    expect(ethstakerCsv(found, ledger, STYLE).split('\n').slice(1, 3)).toEqual([
      '2026-01-02,10,0.00405,0.053000000000000001',
      '2026-01-03,,0.001100004,0',
    ]);
    expect(found.warnings).toEqual([
      'there is no price in EUR of 2026-01-03: amounts with these days have none',
    ]);
  });

  it('lets no text run as a formula, nor a delimiter or quote break a line', () => {
    const cells = ['=1+1', '-x', 'a;b', 'say "x"', number('-1.5')];
    expect(delimited({ delimiter: ';', decimal: ',' }, ['h'], [cells])).toBe(
      `h\n'=1+1;'-x;"a;b";"say ""x""";-1,5\n`,
    );
  });
});

test('JSON has integers as integers and money as text', () => {
  const found = reportJson(report({ by: 'total', currency: 'EUR', prices: EUR }));
  expect(found).toMatchObject({
    from: january(2),
    lines: [{ clIncomeGwei: 5_150_004n, fiat: { cl: '15.34', el: '159.03' }, finalized: true }],
    totals: { rows: 4, elIncomeWei: 53_000_000_000_000_001n },
    warnings: [],
  });
});

describe('a day that is not over', () => {
  const whole = rowsOf(1, 2, [{}, {}]);
  const last = whole.at(-1)!;
  const { genesisTimeSeconds, slotDurationMs, slotsPerEpoch } = new MemoryLedger(whole).chain;
  const msOf = (slot: bigint): number => Number(genesisTimeSeconds * 1000n + slot * slotDurationMs);
  /** Written down to half an hour ago. */
  const now = last.startSlot + 3000n;
  const upTo = (endSlot: bigint) => [...whole.slice(0, -1), { ...last, endSlot }];
  const warnings = (rows: LedgerRow[], nowMs: number) =>
    buildReport(new MemoryLedger(rows), REQUEST, nowMs).warnings;

  it('is said to be that, and what no monitor can have yet is no gap', () => {
    const rows = upTo(now - 8n * slotsPerEpoch);
    expect(warnings(rows, msOf(now))).toEqual([
      `${REQUEST.to} is not over yet: the report has what is written down of it so far`,
    ]);
  });

  it('is a gap from where a monitor that is well would have written', () => {
    const rows = upTo(now - 8n * slotsPerEpoch - 1n);
    expect(warnings(rows, msOf(now))[0]).toMatch(/^the ledger has 1 gap: validator 1 has no rows after slot/);
    // Nor is it over for ever.
    expect(warnings(upTo(now), msOf(last.endSlot + 1n + 9n * slotsPerEpoch))).toEqual([
      expect.stringMatching(/no rows after slot/) as string,
    ]);
  });
});

describe('warnings', () => {
  it.each<[string, LedgerRow[], readonly string[]]>([
    ['nothing at all', [], ['the ledger has no rows of these days']],
    [
      'residuals, which do not hide each other',
      [row(1, 2, { residualGwei: 5n }), row(2, 2, { residualGwei: -5n })].map((each) => ({ ...each })),
      [
        "the balances of 2 rows are not explained: 0.00000001 ETH of residual, which is counted as nobody's income",
        expect.stringMatching(
          /^the ledger has 2 gaps: validators 1, 2 have no rows after slot \d+ of 2026-01-02$/,
        ) as string,
      ],
    ],
    [
      'what is not proven',
      rowsOf(1, 2, [{ execution: [block(7200n, 10n ** 17n, 'unresolved')] }, {}]),
      [
        'what 1 block paid on the execution layer is not proven; 0.1 ETH, the least that is certain, is counted',
      ],
    ],
    [
      'what is not final',
      rowsOf(1, 2, [{}, { finalized: false }]),
      ['not final yet, and may still change: 1 row'],
    ],
    [
      'balances that do not meet',
      [row(1, 2), row(1, 3, { openingBalanceGwei: 5n })],
      [
        'the ledger has 1 gap: validator 1 has no rows that lead from the balance of 2026-01-02 to that of 2026-01-03',
      ],
    ],
    [
      'gaps at more places than can be told',
      Array.from({ length: 12 }, (_, index) => row(index, 2, { endSlot: 14_000n + BigInt(index) })),
      [expect.stringMatching(/^the ledger has 12 gaps: .*; and at 2 other places$/) as string],
    ],
    [
      'rows that begin in the middle of a life',
      [row(1, 3)],
      [
        expect.stringMatching(
          /^the ledger has 1 gap: validator 1 has no rows before slot \d+ of 2026-01-03, and had a balance then$/,
        ) as string,
      ],
    ],
    ['a validator that begins', [row(1, 3, { openingBalanceGwei: 0n, depositsGwei: 32n })], []],
    ['a validator that is gone', [row(1, 2, { withdrawalsFullGwei: 32_000_000_000n })], []],
  ])('tell of %s', (_what, rows, expected) => {
    expect(report({}, rows).warnings).toEqual(expected);
  });

  it('do not count days without income as days without a price', () => {
    const rows = rowsOf(1, 2, [{}, attested(5)]);
    const only = parsePrices('date,price\n2026-01-03,1\n', 'p');
    expect(report({ currency: 'EUR', prices: only }, rows).warnings).toEqual([]);
  });
});

describe('what cannot be reported', () => {
  it.each([
    ['2026-01-32', january(3), '"2026-01-32" is not a day'],
    ['2026-02-30', january(3), 'is not a day'],
    ['2026-01', january(3), 'is not a day'],
    [january(3), january(2), '2026-01-03 is after 2026-01-02'],
  ])('from %s to %s', (from, to, message) => {
    expect(() => report({ from, to })).toThrow(message);
  });

  it('is a row that contradicts itself, reported or before', () => {
    const wrong = [row(1, 1, { closingBalanceGwei: 5n }), ...rowsOf(1, 2, [{}, {}])];
    expect(() => report({ from: january(1) }, wrong)).toThrow('it closes with 5');
    expect(() => report({ basis: 'cash' }, wrong)).toThrow('it closes with 5');
  });
});

test('a tag chooses rows', () => {
  expect(report({ tag: 'eu' }).totals?.rows).toBe(2);
  expect(report({ tag: 'us' }).totals).toBeNull();
  expect(reportTable(report({ tag: 'us' }), true)).toEqual([]);
});

describe('a price file', () => {
  it('has a day and a price in every line, in any order and with either line end', () => {
    const found = parsePrices('\uFEFFdate,price\r\n2026-01-03,0.5\r\n2026-01-02,3000\r\n', 'p');
    expect([...found]).toEqual([
      ['2026-01-03', '0.5'],
      ['2026-01-02', '3000'],
    ]);
  });

  it.each([
    ['', 'p:1: the first line must be'],
    ['2026-01-02,1\n', 'p:1: the first line must be'],
    ['date,price\n2026-01-02\n', 'p:2: "" is not a price'],
    ['date,price\n2026-01-02,1,2\n', 'p:2: a line has a date and a price'],
    ['date,price\n2026-02-29,1\n', 'p:2: "2026-02-29" is not a day'],
    ['date,price\n02.01.2026,1\n', 'is not a day'],
    ['date,price\n2026-01-02,-1\n', 'is not a price'],
    ['date,price\n2026-01-02,1e3\n', 'is not a price'],
    ['date,price\n2026-01-02,01\n', 'is not a price'],
    ['date,price\n2026-01-02,1.\n', 'is not a price'],
    ['date,price\n2026-01-02,1\n2026-01-02,1\n', 'p:3: 2026-01-02 is there twice'],
    ['date,price\n\n2026-01-02,1\n', 'p:2: "" is not a day'],
  ])('that says %j is refused', (text, message) => {
    expect(() => parsePrices(text, 'p')).toThrow(message);
  });
});

test.each([
  [10n ** 18n, '3512.07', 351_207n],
  [5n * 10n ** 15n, '1', 1n],
  [4_999_999_999_999_999n, '1', 0n],
  [-5n * 10n ** 15n, '1', -1n],
  [1n, '0.000000000000000001', 0n],
])('%d wei at %s are %d cents', (wei, price, cents) => expect(fiatCents(wei, price)).toBe(cents));

test.each([
  [0n, '0.00'],
  [-7n, '-0.07'],
  [12_345n, '123.45'],
])('%d cents are %s', (cents, text) => expect(centsText(cents)).toBe(text));

test('a trend has a step for each day, and the last of a long one', () => {
  const days = ['a', 'b', 'c', 'd', 'e'];
  const trend = new Map([
    ['a', 7n],
    ['b', 0n],
    ['d', -1n],
    ['e', 3n],
  ]);
  expect(sparkline(trend, days)).toBe('█▁ ▿▄');
  const long = Array.from({ length: 50 }, (_, index) => `${index}`);
  expect(sparkline(new Map([['49', 1n]]), long)).toBe(`${' '.repeat(39)}█`);
});
