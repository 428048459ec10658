import { expect, test } from 'vitest';
import { databaseGrowth } from '../../bench/monitor/database-growth.ts';
import { measure } from '../../bench/monitor/measure.ts';

/** The benchmark of the monitor on a network that is small; it fails by itself if the monitor misreads the network. */
test('an epoch is measured, and what is asked for grows with who is watched', async () => {
  const small = { chain: 'gnosis', slotsPerEpoch: 16, network: 4096, warmUp: 1, epochs: 1 };
  const few = await measure({ ...small, watched: 4 });
  const more = await measure({ ...small, watched: 64 });
  for (const { calls, bytes, bytesBesidesBlocksAndCommittees, seconds, cpuSeconds, rssMb } of [few, more]) {
    // A block and the committees of each slot, a state, rewards, turns; two rounds a slot ask for head and finality.
    expect(calls).toBeGreaterThan(2 * 16);
    expect(calls).toBeLessThan(10 * 16);
    expect(bytes - bytesBesidesBlocksAndCommittees).toBeGreaterThan(16 * 100_000);
    expect(bytesBesidesBlocksAndCommittees).toBeLessThan(500_000);
    expect(seconds).toBeGreaterThan(0);
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(rssMb).toBeGreaterThan(20);
  }
  const grown = more.bytesBesidesBlocksAndCommittees - few.bytesBesidesBlocksAndCommittees;
  expect(grown / 60).toBeGreaterThan(300);
  expect(grown / 60).toBeLessThan(1500);
}, 300_000);

test('the growth of the database is that of its rows', async () => {
  const { perValidatorYear, perYear } = await databaseGrowth('gnosis', { validators: 20, epochs: 512 });
  expect(perValidatorYear).toBeGreaterThan(10_000);
  // A year of Gnosis has five times mainnet's epochs, and so short a run pays for pages that are not full.
  expect(perValidatorYear).toBeLessThan(1_000_000);
  expect(perYear).toBeGreaterThan(1_000_000);
  expect(perYear).toBeLessThan(50_000_000);
});
