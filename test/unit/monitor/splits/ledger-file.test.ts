import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LedgerFile } from '../../../../monitor/splits/ledger/ledger-file.ts';
import { encodeRow } from '../../../../monitor/splits/ledger/row-json.ts';
import { HEADER, inFolder, ledgerLines, writeLines } from '../../../support/splits-files.ts';
import { attested, CHAIN, GWEI, row, rowsOf } from '../../../support/splits-ledger.ts';

const ALL = { startSlot: 0n, endSlot: 10n ** 9n };
const ROWS = [
  ...rowsOf(5, 1, [attested(-7), { ...attested(10), tags: ['a', 'b'] }]),
  row(6, 1, {
    consolidationGwei: -GWEI,
    execution: [{ slot: 9n, amountWei: 10n ** 19n, kind: 'mev', method: 'relay', confidence: 'exact' }],
  }),
];

function complaint(lines: readonly unknown[]): string {
  return inFolder((folder) => {
    const path = join(folder, 'ledger.jsonl');
    writeLines(path, lines);
    try {
      expect([...new LedgerFile(path).rows(ALL)]).toBeInstanceOf(Array);
    } catch (error) {
      expect(error).toMatchObject({ code: 'LEDGER_FILE_INVALID' });
      return (error as Error).message.replace(folder, '');
    }
    throw new Error('the ledger was accepted');
  });
}

const changed = (change: (row: Record<string, unknown>) => void): unknown[] => {
  const encoded = { ...encodeRow(ROWS[0]!) };
  change(encoded);
  return [HEADER, { row: encoded }, { end: { rows: '1' } }];
};

test.each<[string, readonly unknown[], string]>([
  ['nothing', [], 'or is empty'],
  ['another kind of file', [{ data: [] }], ':1: the first line must be'],
  [
    'a later version',
    [{ 'vigil-ledger': { ...HEADER['vigil-ledger'], version: '3' } }],
    'version of the format',
  ],
  ['text that is no JSON', [HEADER, '{"row":'], ':2: the line is not JSON'],
  ['a line of two things', [HEADER, { row: {}, end: {} }], 'one field'],
  ['an unknown line', [HEADER, { note: 'hello' }], 'a line "note" is not known'],
  ['no end', ledgerLines(ROWS).slice(0, -1), 'the copy is cut short'],
  [
    'fewer rows than it says',
    [...ledgerLines(ROWS).slice(0, -2), { end: { rows: '3' } }],
    'should be 3 rows, there are 2',
  ],
  ['rows after the end', [...ledgerLines(ROWS), { row: encodeRow(ROWS[0]!) }], 'stands after the end'],
  ['rows out of order', ledgerLines([ROWS[1]!, ROWS[0]!]), 'in the order of validator and slot'],
  ['the same row twice', ledgerLines([ROWS[0]!, ROWS[0]!]), 'would count twice'],
  [
    'a row that begins inside the one before',
    ledgerLines([ROWS[0]!, { ...ROWS[0]!, startSlot: 5n }]),
    'the row of validator 5 on 2026-01-01 overlaps the one before: slots 5 to 7199 would count twice',
  ],
  [
    'a number that is not text',
    changed((line) => (line['attestationGwei'] = 5)),
    'attestationGwei is not as it must be',
  ],
  ['a float', changed((line) => (line['attestationGwei'] = '5.0')), 'attestationGwei'],
  ['a negative zero', changed((line) => (line['syncGwei'] = '-0')), 'syncGwei'],
  ['a negative balance', changed((line) => (line['openingBalanceGwei'] = '-1')), 'openingBalanceGwei'],
  ['a missing field', changed((line) => delete line['residualGwei']), 'row has no residualGwei'],
  ['an unknown field', changed((line) => (line['bonus'] = '1')), 'row has the unknown field bonus'],
  ['a day that is none', changed((line) => (line['day'] = 'today')), 'day is not as'],
  ['a yes that is text', changed((line) => (line['finalized'] = 'true')), 'finalized must be true or false'],
  [
    'more duties done than there were',
    changed(
      (line) => (line['duties'] = { attestations: ['1', '2'], proposals: ['0', '0'], sync: ['0', '0'] }),
    ),
    'more included than assigned',
  ],
  [
    'a confidence nobody knows',
    changed(
      (line) =>
        (line['execution'] = [
          { slot: '1', amountWei: '1', kind: 'mev', method: 'relay', confidence: 'sure' },
        ]),
    ),
    'must be one of exact, probable, unresolved',
  ],
])('%s is refused with its line', (_name, lines, message) => {
  expect(complaint(lines)).toContain(message);
});

test.each([
  ['a kind that nobody knows', { bonus: {} }],
  ['a fact that comes late', ledgerLines(ROWS)[1]!],
])('%s among the rows is refused', (_name, line) => {
  const lines = ledgerLines(ROWS);
  expect(complaint([...lines.slice(0, -1), line, lines.at(-1)!])).toContain('stands among the rows');
});

test('a file that is not there is named', () => {
  expect(() => new LedgerFile('/nowhere/ledger.jsonl')).toThrow(
    expect.objectContaining({ code: 'LEDGER_FILE_INVALID' }),
  );
});

test('what was written is what is read, facts and rows', () => {
  inFolder((folder) => {
    const path = join(folder, 'ledger.jsonl');
    writeLines(path, ledgerLines(ROWS));
    const ledger = new LedgerFile(path);
    expect(ledger.chain).toEqual(CHAIN);
    expect([...ledger.rows(ALL)]).toEqual(ROWS);
    expect([...ledger.rows({ startSlot: 7200n, endSlot: 7200n })]).toEqual([ROWS[1]]);
    expect(ledger.checkpoint(7199n)).toMatchObject({ slot: 7199n, executionBlock: 7000n });
    expect(ledger.checkpoint(7200n)).toBeNull();
    expect(ledger.networkDuties('2026-01-02')).toMatchObject({
      attestations: { assigned: 1000n, included: 990n },
    });
    expect(ledger.price('2026-01-02', 'EUR')).toBe('3002.5');
    expect(ledger.price('2026-01-02', 'USD')).toBeNull();
  });
});

test('lines may be cut anywhere between two reads, in the middle of a character too', () => {
  inFolder((folder) => {
    const path = join(folder, 'ledger.jsonl');
    // Three bytes each: the end of a chunk of 2^20 falls inside one.
    const tags = ['€'.repeat(64)];
    const rows = rowsOf(5, 1, [{ tags }, { tags }]);
    const many = Array.from({ length: 1500 }, (_, index) => ({ ...rows[0]!, validatorIndex: BigInt(index) }));
    writeLines(path, ledgerLines(many));
    expect([...new LedgerFile(path).rows(ALL)]).toEqual(many);
    writeFileSync(path, JSON.stringify(HEADER));
    appendFileSync(path, '\n{"end":{"rows":"0"}}');
    expect([...new LedgerFile(path).rows(ALL)]).toEqual([]);
  });
});
