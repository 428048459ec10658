import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { ACCEPT_NOTHING } from '../../../../monitor/splits/manifest/acceptance.ts';
import { checkBalancesBefore } from '../../../../monitor/splits/manifest/balances-of-before.ts';
import { OutputFolder } from '../../../../monitor/splits/manifest/output-folder.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { readManifest } from '../../../../monitor/splits/manifest/read-manifest.ts';
import { verifyManifest } from '../../../../monitor/splits/manifest/verify-manifest.ts';
import { closePeriod } from '../../../../monitor/splits/payouts/close-period.ts';
import { entryLine, GENESIS_HASH, PayoutLedger } from '../../../../monitor/splits/payouts/payout-ledger.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { inFolder } from '../../../support/splits-files.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, ETH, MemoryLedger, rowsOf } from '../../../support/splits-ledger.ts';

const LEDGER = new MemoryLedger(rowsOf(7, 2, [attested(1_000_000)]));
const PERIOD = parsePeriod('2026-01-02', CHAIN);

/** A closed period whose balances somebody rewrote, with a hash that fits. */
function withForgery(use: (manifest: string, payouts: () => PayoutLedger, hash: string) => void): void {
  inFolder((folder) => {
    const [out, path] = [join(folder, 'out'), join(folder, 'payouts.jsonl')];
    const output = new OutputFolder(out);
    const { manifestHash, result } = produceSplit(
      {
        ...{ ledger: LEDGER, period: PERIOD, opening: EMPTY_STATE, acceptance: ACCEPT_NOTHING },
        source: parsePool(poolText([person('ann', 1), person('n1', 2, 'type: operator')]), 'pool.yaml'),
        toolVersion: '0.1.0',
      },
      (file) => output.put(file),
    );
    output.finish();
    closePeriod(path, {
      ...{ pool: 'Test', period: PERIOD, manifest: manifestHash, state: result.closing },
      ...{ head: GENESIS_HASH, gapsAccepted: false },
    });
    const payouts = () => new PayoutLedger(path, 'Test');
    const manifest = join(out, 'manifest.json');
    // Untouched, everything fits.
    expect(verifyManifest(manifest, LEDGER, payouts).closed).toBe(true);
    expect(checkBalancesBefore(payouts().entries[0]!, manifest)).toBeNull();
    const entry = payouts().entries[0]!;
    const accounts = new Map(entry.state.accounts);
    accounts.set('n1', { ...accounts.get('n1')!, balanceWei: 5n * ETH });
    writeFileSync(path, `${entryLine({ ...entry, state: { ...entry.state, accounts } })}\n`);
    use(manifest, payouts, manifestHash);
  });
}

test('money that was written into the payout ledger is found by verify, whatever hash it is given', () => {
  withForgery((manifest, payouts, manifestHash) => {
    expect(() => verifyManifest(manifest, LEDGER, payouts, { manifestHash })).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_DIFFERS',
        message: expect.stringContaining(
          'it has "5000000000000000000" for accounts.n1.balanceWei, recomputed it is "0"',
        ) as string,
      }),
    );
  });
});

test('the next period does not open with balances that the manifest of the last one did not lead to', () => {
  withForgery((manifest, payouts) => {
    const [entry] = payouts().entries;
    expect(() => checkBalancesBefore(entry!, manifest)).toThrow(
      expect.objectContaining({
        code: 'PAYOUTS_BROKEN',
        message: expect.stringContaining('not those that its manifest') as string,
      }),
    );
    expect(checkBalancesBefore(entry!, `${manifest}.gone`)).toContain('compared with nothing');
    // A manifest that was made to fit the forgery is not the one that closed the period.
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"closingHash": "./, '"closingHash": "x'));
    expect(() => checkBalancesBefore(entry!, manifest)).toThrow('is not the manifest that closed');
  });
});

test('the balances of an old rule set are said to be compared with nothing', () => {
  withForgery((manifest, payouts) => {
    const [entry] = payouts().entries;
    const text = readFileSync(manifest, 'utf8').replace(/,\s+"closingHash": "[0-9a-f]+"/, '');
    writeFileSync(manifest, text);
    const { hash } = readManifest(manifest);
    expect(checkBalancesBefore({ ...entry!, manifest: hash }, manifest)).toContain('say nothing of balances');
  });
});
