import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALERTS, EpochTime, MAINNET_TIME, promDuration } from '../../../../monitor/alerting/index.ts';

const SIZES: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** As Prometheus reads a duration: units from large to small, each once. */
const read = (text: string): number => {
  expect(text).toMatch(/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/);
  return [...text.matchAll(/(\d+)(ms|[smhd])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * SIZES[unit!]!,
    0,
  );
};

test('a duration says its milliseconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
      expect(promDuration(ms)).not.toBe('');
      expect(read(promDuration(ms))).toBe(ms);
    }),
  );
});

test('epochs are those of the network', () => {
  const gnosis = new EpochTime({ slotDurationMs: 5000, slotsPerEpoch: 16n });
  expect([MAINNET_TIME.epochs(1), MAINNET_TIME.epochs(0), MAINNET_TIME.epochs(225)]).toEqual([
    '6m24s',
    '0s',
    '1d',
  ]);
  expect([gnosis.epochs(1), gnosis.epochSeconds(5)]).toEqual(['1m20s', 400]);
  // Whatever counts in epochs is another text for another network.
  const differing = ALERTS.filter(({ expr }) => expr(gnosis) !== expr(MAINNET_TIME)).map(
    ({ alert }) => alert,
  );
  expect(differing).toEqual(
    expect.arrayContaining(['VigilEffectivenessLow', 'VigilSignerIdle', 'VigilProposalUpcoming']),
  );
});
