import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../../monitor/store/index.ts';
import { EPOCHS_A_YEAR, MAINNET_TIME, writeYears } from '../../../support/store-year.ts';

const VALIDATORS = 20;
const EPOCHS = 1125;

test('a year of a validator takes at most 100 kB, by five days of twenty', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-store-size-'));
  try {
    openStore({ path: join(folder, 'empty.sqlite'), chain: MAINNET_TIME }).close();
    const path = join(folder, 'monitor.sqlite');
    writeYears(path, VALIDATORS, EPOCHS).close();
    const bytes = statSync(path).size - statSync(join(folder, 'empty.sqlite')).size;
    const aYear = (bytes * EPOCHS_A_YEAR) / (VALIDATORS * EPOCHS);
    expect(aYear).toBeLessThan(100_000);
    // And it is all there.
    const store = openStore({ path });
    const [all] = store.query.attestationsByGroup({}).rows;
    expect(all!.assigned).toBe(BigInt(VALIDATORS * EPOCHS));
    expect(Number(all!.results.perfect) / (VALIDATORS * EPOCHS)).toBeCloseTo(0.97, 2);
    store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
