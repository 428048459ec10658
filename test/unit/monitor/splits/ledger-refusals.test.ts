import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { ACCEPT_NOTHING, type Acceptance } from '../../../../monitor/splits/manifest/acceptance.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import {
  attested,
  CHAIN,
  GWEI,
  MemoryLedger,
  pubkey,
  row,
  rowsOf,
  type MemoryFacts,
} from '../../../support/splits-ledger.ts';

const PEOPLE = [person('alice', 1)];
const THREE_DAYS = '2026-01-02..2026-01-04';

function produce(
  rows: readonly LedgerRow[],
  period = THREE_DAYS,
  acceptance: Acceptance = ACCEPT_NOTHING,
  text = poolText(PEOPLE),
  facts: MemoryFacts = {},
) {
  return produceSplit(
    {
      ledger: new MemoryLedger(rows, facts),
      source: parsePool(text, 'pool.yaml'),
      period: parsePeriod(period, CHAIN),
      opening: EMPTY_STATE,
      acceptance,
      toolVersion: 'test',
    },
    () => undefined,
  );
}

const refused = (code: string, message: string): unknown =>
  expect.objectContaining({ code, exitCode: 3, message: expect.stringContaining(message) as string });

const whole = rowsOf(7, 2, [attested(10), attested(20), attested(30)]);

test('a whole ledger needs no override, and none is written', () => {
  expect(produce(whole).manifest).toMatchObject({ accepted: [], rows: { rows: 3 } });
  // An override that nothing needed is not one.
  expect(produce(whole, THREE_DAYS, { gaps: 'why', residual: 'not' }).manifest.accepted).toEqual([]);
});

test.each<[string, readonly LedgerRow[], string]>([
  ['no rows at all', [], 'no validator of the pool has any row'],
  ['a first day missing', whole.slice(1), 'validator 7 has no rows before 2026-01-03'],
  ['a day between missing', [whole[0]!, whole[2]!], 'no rows between 2026-01-02 and 2026-01-04'],
  ['a last day missing', whole.slice(0, 2), 'no rows after 2026-01-03'],
  [
    'balances that do not meet',
    [whole[0]!, row(7, 3, { openingBalanceGwei: 31n * GWEI }), row(7, 4, { openingBalanceGwei: 31n * GWEI })],
    'ends 2026-01-02 with 32000000010 gwei and begins 2026-01-03 with 31000000000',
  ],
])('%s is a gap', (_name, rows, message) => {
  expect(() => produce(rows)).toThrow(refused('LEDGER_GAP', message));
});

test('a gap that is accepted is in the manifest with its reason', () => {
  const { manifest } = produce(whole.slice(1), THREE_DAYS, { gaps: 'disk was full', residual: null });
  expect(manifest.accepted).toEqual([
    { what: 'gaps', reason: 'disk was full', count: 1, named: ['validator 7 has no rows before 2026-01-03'] },
  ]);
});

test('a validator may come into being and may be paid out within the period', () => {
  const born = row(8, 3, { openingBalanceGwei: 0n, depositsGwei: 32n * GWEI });
  const gone = row(9, 2, { withdrawalsFullGwei: 32n * GWEI });
  expect(produce([...whole, born, row(8, 4), gone]).manifest.accepted).toEqual([]);
});

test('a validator that was named and has no rows is a gap, one that is not named yet is none', () => {
  const named = (rule: string) => poolText(PEOPLE, '', `  - {${rule}}`);
  expect(() => produce(whole, THREE_DAYS, ACCEPT_NOTHING, named('indices: ["7-8"]'))).toThrow(
    refused('LEDGER_GAP', 'validator 8 has no rows'),
  );
  const later = '  - {indices: ["7"]}\n  - {indices: ["8"], from: 2026-01-09}';
  expect(produce(whole, THREE_DAYS, ACCEPT_NOTHING, poolText(PEOPLE, '', later)).manifest.accepted).toEqual(
    [],
  );
});

test('a validator that joined the pool later needs no rows from before', () => {
  const text = poolText(PEOPLE, '', '  - {tags: [pool], from: 2026-01-03}');
  expect(produce(whole.slice(1), THREE_DAYS, ACCEPT_NOTHING, text).manifest.rows.rows).toBe(2);
});

test('blocks without roots are a gap: nobody could check the period against the chain', () => {
  expect(() =>
    produce(whole, THREE_DAYS, ACCEPT_NOTHING, poolText(PEOPLE), { unknownSlots: [7199n] }),
  ).toThrow(refused('LEDGER_GAP', 'the block before the period'));
});

test('a residual refuses with its row unless it is accepted', () => {
  const rows = [row(7, 2, { residualGwei: -3n })];
  expect(() => produce(rows, '2026-01-02')).toThrow(
    refused('LEDGER_RESIDUAL', 'validator 7 on 2026-01-02: -3 gwei'),
  );
  const accepted = produce(rows, '2026-01-02', { gaps: null, residual: 'known rounding' });
  expect(accepted.manifest.accepted).toMatchObject([
    { what: 'residual', reason: 'known rounding', count: 1 },
  ]);
  // What nobody can explain is nobody's income.
  expect(accepted.result.totals.distributableWei).toBe(0n);
});

test('rows that are not finalized have no override', () => {
  const all: Acceptance = { gaps: 'x', residual: 'x' };
  expect(() => produce([row(7, 2, { finalized: false })], '2026-01-02', all)).toThrow(
    refused('LEDGER_NOT_FINALIZED', 'validator 7'),
  );
});

test.each<[string, Partial<LedgerRow>]>([
  ['closes with another balance than its parts say', { closingBalanceGwei: 1n }],
  ['has slots of another day', { startSlot: 7000n }],
  ['was slashed for a gain', { slashingGwei: 5n }],
  [
    'has income of a slot of another day',
    { execution: [{ slot: 1n, amountWei: 1n, kind: 'mev', method: 'relay', confidence: 'exact' }] },
  ],
])('a row that %s is refused whatever is accepted', (_name, parts) => {
  expect(() => produce([row(7, 2, parts)], '2026-01-02', { gaps: 'x', residual: 'x' })).toThrow(
    refused('LEDGER_ROW_INCONSISTENT', 'validator 7 on 2026-01-02'),
  );
});

test('a period or a rule that cuts through a row is refused: half a row cannot be known', () => {
  expect(() => produce(whole, 'epochs:230..300')).toThrow(
    expect.objectContaining({ code: 'PERIOD_INVALID' }),
  );
  const text = poolText(PEOPLE, '', '  - {tags: [pool], from: "2026-01-03T06:00:00Z"}');
  expect(() => produce(whole, THREE_DAYS, ACCEPT_NOTHING, text)).toThrow(
    refused('SPLIT_IMPOSSIBLE', 'begins or ends inside the row'),
  );
});

test('a validator that two rules claim is refused', () => {
  const text = poolText(PEOPLE, '', '  - {tags: [pool]}\n  - {indices: ["7"]}');
  expect(() => produce(whole, THREE_DAYS, ACCEPT_NOTHING, text)).toThrow(
    refused('SPLIT_IMPOSSIBLE', 'validators.0 and validators.1'),
  );
});

test('a ledger of another network is refused', () => {
  const text = poolText(PEOPLE).replace('network: mainnet', 'network: hoodi');
  expect(() => produce(whole, THREE_DAYS, ACCEPT_NOTHING, text)).toThrow(
    refused('SPLIT_IMPOSSIBLE', 'hoodi'),
  );
});

const ruled = (...rules: string[]): string =>
  poolText(PEOPLE, '', rules.map((rule) => `  - {${rule}}`).join('\n'));
const nine = rowsOf(9, 2, [{}, {}, {}]);

test.each([
  [
    'begins in the period',
    'indices: ["7"], from: 2026-01-03',
    'validator 7 has no rows while validators.1 is in force',
  ],
  [
    'ends in the period',
    'indices: ["7"], to: 2026-01-03',
    'validator 7 has no rows while validators.1 is in force',
  ],
  ['is by key', `pubkeys: ["${pubkey(7)}"], from: 2026-01-03`, 'has no rows while validators.1 is in force'],
])('a named validator without rows is a gap, where its rule %s', (_name, rule, message) => {
  expect(() => produce(nine, THREE_DAYS, ACCEPT_NOTHING, ruled('indices: ["9"]', rule))).toThrow(
    refused('LEDGER_GAP', message),
  );
});

test('a rule outside the period asks for nothing', () => {
  produce(nine, THREE_DAYS, ACCEPT_NOTHING, ruled('indices: ["9"]', 'indices: ["7"], from: 2026-01-05'));
});

test('a validator that changed rules needs rows under each, but for the time that it did not exist', () => {
  const text = ruled('indices: ["9"]', 'indices: ["7"], to: 2026-01-03', 'indices: ["7"], from: 2026-01-03');
  const seven = rowsOf(7, 2, [{}, {}, {}]);
  produce([...nine, ...seven], THREE_DAYS, ACCEPT_NOTHING, text);
  expect(() => produce([...nine, ...seven.slice(0, 1)], THREE_DAYS, ACCEPT_NOTHING, text)).toThrow(
    refused('LEDGER_GAP', 'validator 7 has no rows while validators.2 is in force'),
  );
  expect(() => produce([...nine, ...seven.slice(1)], THREE_DAYS, ACCEPT_NOTHING, text)).toThrow(
    refused('LEDGER_GAP', 'validator 7 has no rows while validators.1 is in force'),
  );
  const paidOut = row(7, 2, { withdrawalsFullGwei: 32n * GWEI });
  produce([...nine, paidOut], THREE_DAYS, ACCEPT_NOTHING, text);
  const late = rowsOf(7, 3, [{ openingBalanceGwei: 0n, depositsGwei: 32n * GWEI }, {}]);
  produce([...nine, ...late], THREE_DAYS, ACCEPT_NOTHING, text);
});

test('a period from genesis on has no block before it', () => {
  produce(rowsOf(7, 1, [{}]), '2026-01-01');
});

test('the hint for a missing network names keys that a pool file has', () => {
  const text = poolText(PEOPLE, 'performance: {action: zero, network-minus: 3%}');
  let hint = '';
  try {
    produce(whole, THREE_DAYS, ACCEPT_NOTHING, text, { network: null });
  } catch (error) {
    hint = (error as { hint: string }).hint;
  }
  const [, key = '', value = ''] = /\{([a-z-]+): ([0-9%]+)\}/.exec(hint) ?? [];
  parsePool(poolText(PEOPLE, `performance: {action: zero, ${key}: ${value}}`), 'pool.yaml');
  expect(key).toBe('at-least');
});

const EVERYTHING: Acceptance = { gaps: 'x', residual: 'x' };

test('rows that overlap are refused whatever is accepted: they would count twice', () => {
  const [first, second] = rowsOf(7, 2, [attested(10), attested(20)]);
  for (const startSlot of [first!.startSlot + 1n, first!.startSlot])
    expect(() =>
      produce([first!, { ...first!, startSlot }, second!], '2026-01-02..2026-01-03', EVERYTHING),
    ).toThrow(
      refused('LEDGER_ROW_INCONSISTENT', `slots ${startSlot} to ${first!.endSlot} would count twice`),
    );
});

test.each<[string, Partial<LedgerRow>, number]>([
  ['an index with another key on another day', { pubkey: pubkey(9) }, 7],
  ['two indices with one key', { pubkey: pubkey(7) }, 8],
])('%s is refused whatever is accepted', (_name, parts, index) => {
  expect(() => produce([row(7, 2), row(index, 3, parts)], '2026-01-02..2026-01-03', EVERYTHING)).toThrow(
    refused('LEDGER_ROW_INCONSISTENT', 'an index has one key, and a key one index'),
  );
});

test('a ledger that gives a known network another chain id is refused', () => {
  expect(() =>
    produce(whole, THREE_DAYS, EVERYTHING, poolText(PEOPLE), { chain: { ...CHAIN, chainId: 5n } }),
  ).toThrow(refused('SPLIT_IMPOSSIBLE', 'the ledger says that mainnet has the chain id 5; it has 1'));
});
