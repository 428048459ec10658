import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closePeriod } from '../../../../monitor/splits/payouts/close-period.ts';
import { GENESIS_HASH, PayoutLedger } from '../../../../monitor/splits/payouts/payout-ledger.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { inFolder } from '../../../support/splits-files.ts';
import { CHAIN } from '../../../support/splits-ledger.ts';

const MANIFEST = 'ab'.repeat(32);
const stateWith = (balanceWei: bigint): PayoutState => ({
  ...EMPTY_STATE,
  accounts: new Map([['ann', { index: 0, address: '0x01', balanceWei, paidWei: 10n ** 30n }]]),
  bondUsedWei: new Map([['ann', 3n]]),
});

function close(path: string, period: string, state = EMPTY_STATE, head?: string, gapsAccepted = false): void {
  closePeriod(path, {
    pool: 'Test',
    period: parsePeriod(period, CHAIN),
    manifest: MANIFEST,
    state,
    head: head ?? new PayoutLedger(path, 'Test').head,
    gapsAccepted,
  });
}

const withLedger = (use: (path: string) => void): void => {
  inFolder((folder) => {
    use(join(folder, 'payouts.jsonl'));
  });
};
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

test('without a file nothing is closed and nothing is owed', () => {
  withLedger((path) => {
    const ledger = new PayoutLedger(path, 'Test');
    expect(ledger.head).toBe(GENESIS_HASH);
    expect(ledger.stateBefore(parsePeriod('2026-01', CHAIN))).toEqual(EMPTY_STATE);
    expect(existsSync(path)).toBe(false);
  });
});

test('closing twice, overlapping, going back and leaving out are refused, and nothing is written', () => {
  withLedger((path) => {
    close(path, '2026-01-01..2026-01-05');
    const before = readFileSync(path, 'utf8');
    expect(() => close(path, '2026-01-01..2026-01-05')).toThrow(code('PERIOD_CLOSED'));
    expect(() => close(path, '2026-01-05..2026-01-06')).toThrow(code('PERIOD_OVERLAPS'));
    expect(() => close(path, '2026-01-02')).toThrow(code('PERIOD_OVERLAPS'));
    expect(() => close(path, '2026-01-07')).toThrow(code('PERIOD_NOT_NEXT'));
    expect(readFileSync(path, 'utf8')).toBe(before);
    close(path, '2026-01-07', EMPTY_STATE, undefined, true);
    expect(() => close(path, '2026-01-06')).toThrow(code('PERIOD_BEFORE_CLOSED'));
    expect(new PayoutLedger(path, 'Test').entries.map(({ period }) => period)).toEqual([
      '2026-01-01..2026-01-05',
      '2026-01-07',
    ]);
  });
});

test('a period hands over to the next, exactly', () => {
  withLedger((path) => {
    close(path, '2026-01-01', stateWith(-5n));
    close(path, '2026-01-02', stateWith(10n ** 25n + 1n));
    const ledger = new PayoutLedger(path, 'Test');
    expect(ledger.stateBefore(parsePeriod('2026-01-02', CHAIN))).toEqual(stateWith(-5n));
    expect(ledger.stateBefore(parsePeriod('2026-01-03', CHAIN))).toEqual(stateWith(10n ** 25n + 1n));
    expect(ledger.closed(parsePeriod('2026-01-02', CHAIN))?.manifest).toBe(MANIFEST);
  });
});

test('a split that was computed before another one was closed cannot be closed', () => {
  withLedger((path) => {
    close(path, '2026-01-01');
    expect(() => close(path, '2026-01-02', EMPTY_STATE, GENESIS_HASH)).toThrow(code('PERIOD_NOT_NEXT'));
  });
});

test('two at the same time: the lock of another is respected and left alone', () => {
  withLedger((path) => {
    writeFileSync(`${path}.lock`, '');
    expect(() => close(path, '2026-01-01')).toThrow(code('PAYOUTS_BUSY'));
    expect(existsSync(`${path}.lock`)).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});

test.each<[string, (text: string) => string]>([
  ['an amount changed', (text) => text.replace('"balanceWei":"5"', '"balanceWei":"6"')],
  ['a line removed', (text) => text.slice(text.indexOf('\n') + 1)],
  ['lines swapped', (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`],
  ['a line repeated', (text) => text + text],
  ['a field added', (text) => text.replace('{"sequence"', '{"note":1,"sequence"')],
  ['spaces added', (text) => text.replace('{"sequence"', '{ "sequence"')],
  ['text after the end', (text) => `${text}hello\n`],
  ['a last line that is torn and mended by hand', (text) => `${text.slice(0, -10)}\n`],
])('%s is found', (_name, change) => {
  withLedger((path) => {
    close(path, '2026-01-01', stateWith(5n));
    close(path, '2026-01-02', stateWith(5n));
    const text = readFileSync(path, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(path, change(text));
    expect(() => new PayoutLedger(path, 'Test')).toThrow(code('PAYOUTS_BROKEN'));
    expect(() => close(path, '2026-01-03', EMPTY_STATE, MANIFEST)).toThrow(code('PAYOUTS_BROKEN'));
  });
});

test('the ledger of another pool is refused', () => {
  withLedger((path) => {
    close(path, '2026-01-01');
    expect(() => new PayoutLedger(path, 'Other')).toThrow('is the payout ledger of the pool "Test"');
  });
});

test('a last line that was torn is told from one that was changed, with what to do', () => {
  withLedger((path) => {
    close(path, '2026-01-01');
    const whole = readFileSync(path, 'utf8');
    close(path, '2026-01-02');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -10));
    expect(() => new PayoutLedger(path, 'Test')).toThrow(
      expect.objectContaining({
        code: 'PAYOUTS_TORN',
        hint: expect.stringContaining('last whole line') as string,
      }),
    );
    expect(() => new PayoutLedger(path, 'Test')).toThrow(`${path}:2:`);
    writeFileSync(path, whole);
    close(path, '2026-01-02');
    expect(new PayoutLedger(path, 'Test').entries).toHaveLength(2);
  });
});

test('a period before the last closed one is not told to accept gaps', () => {
  withLedger((path) => {
    close(path, '2026-01-01');
    close(path, '2026-01-03', EMPTY_STATE, undefined, true);
    const before = () =>
      new PayoutLedger(path, 'Test').refuseOutOfOrder(parsePeriod('2026-01-02', CHAIN), true);
    expect(before).toThrow(
      expect.objectContaining({
        code: 'PERIOD_BEFORE_CLOSED',
        hint: expect.not.stringContaining('--accept-gaps') as string,
      }),
    );
  });
});

test('expenses that are owed are kept with the balance, and entries without them read as before', () => {
  withLedger((path) => {
    const [id, account] = [...stateWith(5n).accounts][0]!;
    const state = { ...EMPTY_STATE, accounts: new Map([[id, { ...account, expensesWei: 3n }]]) };
    close(path, '2026-01-01', stateWith(5n));
    close(path, '2026-01-02', state);
    const { entries } = new PayoutLedger(path, 'Test');
    expect(entries.map((entry) => entry.state)).toEqual([stateWith(5n), state]);
  });
});
