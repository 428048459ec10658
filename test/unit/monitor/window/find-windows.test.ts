import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { chainSpecFromValues } from '../../../../core/chain/config-values.ts';
import { slot, ZERO_ROOT, type Slot } from '../../../../core/units.ts';
import {
  describeWindows,
  findWindows,
  firstFit,
  longestOf,
  timeWindow,
  type KnownDuties,
} from '../../../../monitor/window/index.ts';
import { freeStretches } from '../../../../monitor/window/find-windows.ts';
import { lengthText } from '../../../../monitor/window/window-times.ts';

const at = (value: number): Slot => slot(BigInt(value));
const window = (from: number, to: number) => ({ startSlot: at(from), endSlot: at(to) });
const duty = (value: number, validatorIndex = 1) => ({ validatorIndex, slot: at(value) });

const NOTHING: KnownDuties = {
  nowSlot: at(100),
  attestations: [],
  attestationsUntil: at(128),
  proposals: [],
  proposalsUntil: at(128),
  expectedProposals: [],
  sync: [],
  syncUntil: at(512),
};

describe('what is free', () => {
  it('is what trying every slot finds', () => {
    const taken = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 8 }))
        .map(([from, more]) => window(from, from + more)),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        taken,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 60 }),
        (busy, from, until) => {
          const free = freeStretches(at(from), at(until), busy);
          const slots = free.flatMap(({ startSlot, endSlot }) =>
            Array.from({ length: Number(endSlot - startSlot) + 1 }, (_, more) => Number(startSlot) + more),
          );
          const tried: number[] = [];
          for (let each = from; each < until; each += 1)
            if (!busy.some(({ startSlot, endSlot }) => startSlot <= each && each <= endSlot))
              tried.push(each);
          expect(slots).toEqual(tried);
          // No two of them touch.
          for (const [index, { startSlot }] of free.entries())
            if (index > 0) expect(startSlot > free[index - 1]!.endSlot + 1n).toBe(true);
        },
      ),
    );
  });
});

describe('windows', () => {
  it('know of no duty: everything that is known is free, and no slot more', () => {
    const found = findWindows(NOTHING);
    expect(found.certainUntil).toBe(128n);
    expect(found.windows).toEqual([window(100, 127)]);
    expect(found.quiet).toEqual([window(100, 127)]);
  });

  it('end at proposals, those that are only expected among them', () => {
    const found = findWindows({
      ...NOTHING,
      proposals: [duty(105)],
      proposalsUntil: at(128),
      expectedProposals: [duty(120)],
    });
    expect(found.windows).toEqual([window(100, 104), window(106, 119), window(121, 127)]);
    expect(longestOf(found.windows)).toEqual(window(106, 119));
  });

  it('are none in a sync committee, but votes have gaps all the same', () => {
    const sync = [{ ...window(64, 300), members: [{ validatorIndex: 4, positions: 1 }] }];
    const found = findWindows({ ...NOTHING, sync, attestations: [duty(110), duty(125)] });
    expect(found.windows).toEqual([]);
    expect(longestOf(found.windows)).toBeNull();
    expect(found.betweenAttestations).toEqual([window(100, 109), window(111, 124), window(126, 127)]);
    expect(found.quiet).toEqual([]);
  });

  it('promise nothing beyond the least that is known', () => {
    expect(findWindows({ ...NOTHING, syncUntil: at(103) }).certainUntil).toBe(103n);
    expect(findWindows({ ...NOTHING, proposalsUntil: at(110) }).windows).toEqual([window(100, 109)]);
    const votes = findWindows({ ...NOTHING, attestationsUntil: at(104) });
    expect(votes.windows).toEqual([window(100, 127)]);
    expect(votes.quiet).toEqual([window(100, 103)]);
    expect(findWindows(NOTHING, at(102)).windows).toEqual([window(100, 101)]);
    expect(findWindows(NOTHING, at(9999)).windows).toEqual([window(100, 127)]);
  });
});

const spec = chainSpecFromValues(
  { PRESET_BASE: 'mainnet', SECONDS_PER_SLOT: '12', GENESIS_FORK_VERSION: '0x00000000' },
  { genesisTimeSeconds: BigInt(Date.UTC(2026, 0, 1) / 1000), genesisValidatorsRoot: ZERO_ROOT },
);
const ms = (atSlot: number): number => Date.UTC(2026, 0, 1) + atSlot * 12_000;

test('of a slot that has begun the rest counts, and a length fits where there is room', () => {
  const now = ms(100) + 5000;
  expect(timeWindow(spec, window(100, 101), now)).toEqual({ startMs: now, endMs: ms(102) });
  const windows = [window(100, 101), window(103, 104)];
  expect(firstFit(spec, windows, 19_000, now)).toEqual({ startMs: now, endMs: ms(102) });
  expect(firstFit(spec, windows, 19_001, now)).toEqual({ startMs: ms(103), endMs: ms(105) });
  expect(firstFit(spec, windows, 24_001, now)).toBeNull();
});

test.each([
  [59_999, '59 s'],
  [768_000, '12 min 48 s'],
  [7_199_000, '119 min 59 s'],
  [94_320_000, '26 h 12 min'],
])('%d ms are %s', (length, text) => expect(lengthText(length)).toBe(text));

test('the picture', () => {
  const duties: KnownDuties = {
    ...NOTHING,
    attestations: [
      duty(103),
      duty(103, 2),
      ...Array.from({ length: 12 }, (_, index) => duty(107, index)),
      duty(130),
    ],
    attestationsUntil: at(160),
    proposals: [duty(105)],
    proposalsUntil: at(128),
    expectedProposals: [duty(140)],
    sync: [{ ...window(150, 500), members: [{ validatorIndex: 7, positions: 2 }] }],
  };
  const windows = findWindows(duties);
  const wanted = { minutes: 5, fit: null };
  const lines = describeWindows({ spec, nowMs: ms(100), duties, windows, wanted });
  expect(lines).toEqual([
    '2026-01-01 00:20:00 UTC, slot 100',
    '',
    'epoch 3  00:19:12      ...2.P.+....................',
    `${' '.repeat(29)}${'='.repeat(22)}`,
    'epoch 4  00:25:36  ??1?????????p?????????SSSSSSSSSS',
    '',
    expect.stringContaining('P proposal') as string,
    '',
    'proposal of validator 1 at 2026-01-01 00:21:00, slot 105',
    'expected proposal of validator 1 at 2026-01-01 00:28:00, slot 140',
    'sync committee from 2026-01-01 00:30:00 to 2026-01-01 01:40:12: 7',
    '',
    'longest without proposals and sync duty: 4 min 24 s, 2026-01-01 00:21:12 to 2026-01-01 00:25:36',
    'longest without any duty:                4 min 0 s, 2026-01-01 00:21:36 to 2026-01-01 00:25:36',
    'longest gap between votes:               5 min 48 s, 2026-01-01 00:26:12 to 2026-01-01 00:32:00',
    '5 minutes: not certain to fit anywhere in what is known',
    '',
    expect.stringContaining('Certain until 2026-01-01 00:25:36 UTC (slot 128)') as string,
  ]);
});
