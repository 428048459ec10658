import fc from 'fast-check';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RowHash } from '../../../../monitor/splits/income/row-hash.ts';
import {
  ledgerDaysOf,
  nearestPeriod,
  slotsOfLedgerDay,
} from '../../../../monitor/splits/ledger/ledger-days.ts';
import { LedgerFile } from '../../../../monitor/splits/ledger/ledger-file.ts';
import type { LedgerChain, LedgerRow, RewardLedger } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { writeLedgerFile } from '../../../../monitor/splits/ledger/write-ledger-file.ts';
import { dayOfSlot, parsePeriod } from '../../../../monitor/splits/period.ts';
import { writeFileSync } from 'node:fs';
import { inFolder, writeLines } from '../../../support/splits-files.ts';
import { payoutsOf, person, poolText, split } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, GWEI, MemoryLedger, row } from '../../../support/splits-ledger.ts';

/** Mainnet's clock: genesis at noon, so that midnight is in the middle of an epoch. */
const MAINNET: LedgerChain = { ...CHAIN, genesisTimeSeconds: 1_606_824_023n };
const EPOCHS: LedgerChain = { ...MAINNET, ledgerDay: 'epochs:225' };
const SLOTS = 7200n;

/** Rows of a validator on periods of 225 epochs, the first of them at epoch 450. */
const epochRow = (index: number, parts: Partial<LedgerRow> = {}): LedgerRow => {
  const startSlot = BigInt(index + 2) * SLOTS;
  const day = dayOfSlot(startSlot, EPOCHS);
  return row(7, 1, { day, startSlot, endSlot: startSlot + SLOTS - 1n, ...parts });
};
const ROWS = [
  epochRow(0, attested(100)),
  epochRow(1, { ...attested(200), openingBalanceGwei: 32n * GWEI + 100n }),
];
const TEXT = poolText([
  person('ann', 1, 'stake: [{eth: 1}]'),
  person('ben', 2, 'stake: [{from: "epoch:675", eth: 1}]'),
]);

test('a period of epochs is split on a ledger of epochs', () => {
  const result = split(TEXT, ROWS, 'epochs:450..899', { chain: EPOCHS });
  expect(result.totals.clWei).toBe(300n * GWEI);
  expect(result.days.map(({ day, clWei }) => [day, clWei / GWEI])).toEqual([
    ['2020-12-03', 100n],
    ['2020-12-04', 200n],
  ]);
  expect(payoutsOf(result)).toEqual({ ann: 200n * GWEI, ben: 100n * GWEI });
});

test('rules may begin with an epoch that begins a row', () => {
  const rules =
    '  - {indices: ["7"], operator: ann, to: "epoch:675"}\n  - {indices: ["7"], operator: ben, from: "epoch:675"}';
  const text = poolText([person('ann', 1, ''), person('ben', 2, '')], 'weights: {by: validators}', rules);
  expect(split(text, ROWS, 'epochs:450..899', { chain: EPOCHS }).validators).toHaveLength(2);
  const inside = text.replaceAll('epoch:675', 'epoch:676');
  expect(() => split(inside, ROWS, 'epochs:450..899', { chain: EPOCHS })).toThrow(
    'one begins at slot 21600 (epoch 675), the next at 28800; use epochs that begin one',
  );
});

test.each([
  [EPOCHS, 'epochs:460..899', 'epochs:450..899'],
  [EPOCHS, 'epochs:470..680', 'epochs:450..674'],
  [EPOCHS, '2020-12-03..2020-12-04', 'epochs:225..674'],
])('a period that cuts rows is refused with the nearest that fits: %#', (chain, period, nearest) => {
  expect(() => split(TEXT, ROWS, period, { chain })).toThrow(
    expect.objectContaining({ code: 'PERIOD_INVALID', message: expect.stringContaining(nearest) as string }),
  );
});

test('epochs on UTC days are refused with the days that fit', () => {
  const rows = [2, 3].map((day) => row(7, day));
  expect(() => split(TEXT, rows, 'epochs:226..600')).toThrow(
    'the nearest period that fits is 2026-01-02..2026-01-03',
  );
  expect(nearestPeriod({ startSlot: 10n, endSlot: 20n }, CHAIN)).toBe('2026-01-01..2026-01-01');
});

test('the nearest period always fits, and is the period itself when that fits', () => {
  const chains = fc.constantFrom(CHAIN, MAINNET, EPOCHS, { ...EPOCHS, ledgerDay: 'epochs:700' });
  fc.assert(
    fc.property(chains, fc.bigInt(0n, 10n ** 7n), fc.bigInt(1n, 10n ** 5n), (chain, startSlot, length) => {
      const range = { startSlot, endSlot: startSlot + length };
      const fits = parsePeriod(nearestPeriod(range, chain), chain);
      expect(nearestPeriod(fits, chain)).toBe(nearestPeriod(range, chain));
      // Its days cover it exactly, each once.
      const days = ledgerDaysOf(fits, chain).map((day) =>
        slotsOfLedgerDay(day, { startSlot: 0n, endSlot: 2n ** 60n }, chain),
      );
      expect(days[0]?.startSlot).toBe(fits.startSlot);
      expect(days.at(-1)?.endSlot).toBe(fits.endSlot);
      days.forEach((day, index) =>
        expect(day.startSlot).toBe(index === 0 ? fits.startSlot : days[index - 1]!.endSlot + 1n),
      );
    }),
  );
});

const digestOf = (ledger: RewardLedger): unknown => {
  const hash = new RowHash();
  for (const line of ledger.rows({ startSlot: 0n, endSlot: 10n ** 9n })) hash.add(line);
  return hash.digest();
};

test('an exported file keeps what a day is', () => {
  inFolder((folder) => {
    const ledger = new MemoryLedger(ROWS, { chain: EPOCHS });
    let text = '';
    writeLedgerFile(ledger, { startSlot: 2n * SLOTS, endSlot: 4n * SLOTS - 1n }, (line) => (text += line));
    const path = join(folder, 'ledger.jsonl');
    writeFileSync(path, text);
    const file = new LedgerFile(path);
    expect(file.chain).toEqual(EPOCHS);
    expect(digestOf(file)).toEqual(digestOf(ledger));
    for (const slot of [2n * SLOTS - 1n, 3n * SLOTS - 1n, 4n * SLOTS - 1n])
      expect(file.checkpoint(slot)).not.toBeNull();
    for (const [ledgerDay, message] of [
      ['Europe/Berlin', 'ledgerDay is not as it must be'],
      ['epochs:224', 'shorter than a day'],
    ] as const) {
      const [header = '', ...rest] = text.trimEnd().split('\n');
      writeLines(path, [header.replace('epochs:225', ledgerDay), ...rest]);
      expect(() => new LedgerFile(path)).toThrow(message);
    }
  });
});
