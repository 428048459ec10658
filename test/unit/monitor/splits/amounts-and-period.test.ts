import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumAddress, isChecksummed } from '../../../../core/execution-address.ts';
import { formatEth, parseEth } from '../../../../monitor/splits/amounts.ts';
import { dayOfSlot, daysOf, parsePeriod, slotsOfDay } from '../../../../monitor/splits/period.ts';
import { CHAIN, SLOTS_PER_DAY } from '../../../support/splits-ledger.ts';

const MAINNET = { ...CHAIN, genesisTimeSeconds: 1606824023n };

test.each(['', '-', '.5', '5.', '01', '1e18', '+1', ' 1', '1,5', '0x10', '1.0000000000000000001', 'NaN'])(
  '"%s" is no amount of ETH',
  (text) => expect(parseEth(text)).toBeNull(),
);

test('ETH as text and wei are the same thing, whatever the amount', () => {
  fc.assert(fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (wei) => parseEth(formatEth(wei)) === wei));
  expect(formatEth(1n)).toBe('0.000000000000000001');
  expect(formatEth(-1_500_000_000_000_000_000n)).toBe('-1.5');
  expect(parseEth('9007199254740993.000000000000000001')).toBe(9007199254740993000000000000000001n);
});

// The four of EIP-55.
test.each([
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
])('the checksum of %s', (address) => {
  expect(checksumAddress(address.toLowerCase())).toBe(address);
  expect(isChecksummed(address)).toBe(true);
  expect(
    isChecksummed(`${address.slice(0, 2)}${address.slice(2).replace(/[a-z]/, (x) => x.toUpperCase())}`),
  ).toBe(false);
});

test.each([
  '2026',
  '2026-13',
  '2026-00',
  '2026-02-30',
  '2026-01-02..2026-01-01',
  'epochs:5..4',
  'epochs:-1..4',
  'october',
  '2026-1-1',
])('%s is no period', (text) => {
  expect(() => parsePeriod(text, CHAIN)).toThrow(expect.objectContaining({ code: 'PERIOD_INVALID' }));
});

test('months, days and epochs are ranges of slots with both ends', () => {
  expect(parsePeriod('2026-01', CHAIN)).toMatchObject({ startSlot: 0n, endSlot: 31n * SLOTS_PER_DAY - 1n });
  expect(parsePeriod('2026-01-02', CHAIN)).toMatchObject({
    startSlot: SLOTS_PER_DAY,
    endSlot: 2n * SLOTS_PER_DAY - 1n,
  });
  expect(parsePeriod('2026-01-31..2026-02-01', CHAIN)).toMatchObject({ startSlot: 30n * SLOTS_PER_DAY });
  expect(parsePeriod('epochs:10..11', CHAIN)).toMatchObject({ startSlot: 320n, endSlot: 383n });
});

test('a day of mainnet begins eleven seconds after midnight, in the middle of an epoch', () => {
  // Genesis was at 12:00:23; 3599 slots later it is 00:00:11 of the next day.
  const period = parsePeriod('2020-12-02', MAINNET);
  expect(period).toMatchObject({ startSlot: 3599n, endSlot: 3599n + 7199n });
  expect(dayOfSlot(3598n, MAINNET)).toBe('2020-12-01');
  expect(dayOfSlot(3599n, MAINNET)).toBe('2020-12-02');
});

test('the days of any period cover it without gap or overlap', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 100_000n), fc.bigInt(0n, 100_000n), (startSlot, length) => {
      const range = { startSlot, endSlot: startSlot + length };
      let next = startSlot;
      for (const day of daysOf(range, MAINNET)) {
        const slots = slotsOfDay(day, range, MAINNET);
        expect(slots.startSlot).toBe(next);
        next = slots.endSlot + 1n;
      }
      expect(next).toBe(range.endSlot + 1n);
    }),
  );
});
