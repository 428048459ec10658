import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../../monitor/store/index.ts';
import { EPOCHS_A_YEAR, MAINNET_TIME, writeYears } from '../../../support/store-year.ts';

const [FEW, MANY] = [2, 22];
const EPOCHS = 1125;

test('a year takes at most 110 kB a validator and 3 MB for the network, by five days of two and of twenty-two', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-store-size-'));
  const path = (validators: number): string => join(folder, `${validators}.sqlite`);
  try {
    openStore({ path: path(0), chain: MAINNET_TIME }).close();
    const [few, many] = [FEW, MANY].map((validators) => {
      writeYears(path(validators), validators, EPOCHS).close();
      return (statSync(path(validators)).size * EPOCHS_A_YEAR) / EPOCHS;
    }) as [number, number];
    const aValidator = (many - few) / (MANY - FEW);
    expect(aValidator).toBeLessThan(110_000);
    const empty = (statSync(path(0)).size * EPOCHS_A_YEAR) / EPOCHS;
    expect(few - empty - FEW * aValidator).toBeLessThan(3_000_000);
    // And it is all there.
    const store = openStore({ path: path(MANY) });
    const [all] = store.query.attestationsByGroup({}).rows;
    expect(all!.assigned).toBe(BigInt(MANY * EPOCHS));
    expect(Number(all!.results.perfect) / (MANY * EPOCHS)).toBeCloseTo(0.97, 2);
    store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
