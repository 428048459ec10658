import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, slot } from '../../../../core/units.ts';
import { parseCalendar } from '../../../../monitor/ledger/index.ts';
import { dayOfSlot, slotsOfDay } from '../../../../monitor/splits/period.ts';
import { mainnetValues, specOf } from './network-rules.ts';

const spec = specOf(mainnetValues());
const calendar = (text: string) => parseCalendar(text, spec);
const slotAt = (time: string) => slot(BigInt(Date.parse(time) / 1000 - 1_606_824_023 + 11) / 12n);

describe('days that cannot be', () => {
  it.each([
    '',
    'UTC+2',
    '+02:00',
    'Europe/Berlinn',
    'utc ',
    'epochs:',
    'epochs:0',
    'epochs:-1',
    'epochs:1.5',
    'epochs:0225',
    'epochs:9999999999',
    `Europe/${'x'.repeat(100)}`,
  ])('are refused: %j', (text) => {
    expect(() => calendar(text)).toThrow(
      expect.objectContaining({ code: 'LEDGER_CALENDAR_INVALID', exitCode: 2 }),
    );
  });

  it('are refused when several would have one name, with the least that there may be', () => {
    expect(() => calendar('epochs:224')).toThrow('it takes 225');
    const gnosis = specOf(mainnetValues({ PRESET_BASE: 'gnosis', SECONDS_PER_SLOT: '5' }));
    expect(() => parseCalendar('epochs:1079', gnosis)).toThrow('it takes 1080');
    expect(parseCalendar('epochs:1080', gnosis).name).toBe('epochs:1080');
  });
});

describe('a day of UTC', () => {
  const utc = calendar('utc');

  it('starts in the middle of an epoch on mainnet, eleven seconds after midnight', () => {
    // 3599 slots after genesis, which is at 12:00:23.
    expect(utc.dayOf(slot(3598n))).toBe('2020-12-01');
    expect(utc.dayOf(slot(3599n))).toBe('2020-12-02');
    expect(utc.cuts(epoch(112n))).toEqual([3599n]);
    expect(utc.cuts(epoch(113n))).toEqual([]);
  });

  it('is that of the reward splits', () => {
    const chain = {
      ...{ network: 'mainnet', chainId: 1n, genesisTimeSeconds: spec.genesisTimeSeconds },
      ...{ slotDurationMs: 12_000n, slotsPerEpoch: 32n },
    };
    fc.assert(
      fc.property(fc.bigInt(0n, 50_000_000n), (at) => {
        const day = utc.dayOf(slot(at));
        expect(day).toBe(dayOfSlot(at, chain));
        const { startSlot } = slotsOfDay(day, { startSlot: 0n, endSlot: 2n ** 60n }, chain);
        const cuts = utc.cuts(epoch(startSlot / 32n));
        expect(cuts).toEqual(startSlot % 32n === 0n ? [] : [startSlot]);
      }),
    );
  });
});

describe('a day of a time zone', () => {
  it('has twenty-three and twenty-five hours when the clocks change', () => {
    const berlin = calendar('Europe/Berlin');
    const lengthOf = (day: string, next: string) => {
      const first = (text: string) => {
        let at = slotAt(`${text}T02:00:00Z`);
        while (berlin.dayOf(slot(at - 1n)) === text) at = slot(at - 1n);
        return at;
      };
      return first(next) - first(day);
    };
    // 300 slots an hour.
    expect(lengthOf('2024-03-31', '2024-04-01')).toBe(23n * 300n);
    expect(lengthOf('2024-10-27', '2024-10-28')).toBe(25n * 300n);
    expect(lengthOf('2024-07-01', '2024-07-02')).toBe(24n * 300n);
  });

  it('is the one that the clock on the wall shows', () => {
    const at = slotAt('2024-01-10T18:30:00Z');
    expect(calendar('Asia/Kolkata').dayOf(at)).toBe('2024-01-11');
    expect(calendar('America/New_York').dayOf(at)).toBe('2024-01-10');
    expect(calendar('Pacific/Kiritimati').dayOf(slotAt('2024-01-10T10:00:30Z'))).toBe('2024-01-11');
  });
});

describe('a period of epochs', () => {
  it('runs from noon to noon on mainnet, by the name of the day in which it starts', () => {
    const days = calendar('epochs:225');
    expect(days.dayOf(slot(0n))).toBe('2020-12-01');
    expect(days.dayOf(slot(7199n))).toBe('2020-12-01');
    expect(days.dayOf(slot(7200n))).toBe('2020-12-02');
    expect([days.cuts(epoch(112n)), days.cuts(epoch(225n))]).toEqual([[], []]);
  });
});

describe('any calendar', () => {
  const names = ['utc', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'epochs:225', 'epochs:1000'];

  it('names days that sort and fit a ledger file, and cuts exactly where they change', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.bigInt(0n, 1_500_000n), (name, at) => {
        const days = calendar(name);
        const slots = Array.from({ length: 33 }, (_, offset) => slot(at * 32n + BigInt(offset)));
        const named = slots.map((each) => days.dayOf(each));
        expect(named.every((day) => /^\d{4}-\d{2}-\d{2}$/.test(day))).toBe(true);
        expect(named).toEqual(named.toSorted());
        const changes = slots.slice(1, 32).filter((_, offset) => named[offset] !== named[offset + 1]);
        expect(days.cuts(epoch(at))).toEqual(changes);
      }),
      { numRuns: 300 },
    );
  });
});
