import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { explainParticipant } from '../../../../monitor/splits/manifest/explain-participant.ts';
import { OutputFolder } from '../../../../monitor/splits/manifest/output-folder.ts';
import { produceSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { readManifest } from '../../../../monitor/splits/manifest/read-manifest.ts';
import { EMPTY_STATE } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import { inFolder } from '../../../support/splits-files.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import { attested, CHAIN, duties, GWEI, MemoryLedger, row, rowsOf } from '../../../support/splits-ledger.ts';
import type { ExecutionIncome, LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';

/** Every number that leads to a payout is in its explanation, so that a calculator comes to the same. */
function explained(text: string, rows: readonly LedgerRow[], id: string, period = '2026-01-02'): string {
  return inFolder((folder) => {
    const output = new OutputFolder(join(folder, 'out'));
    produceSplit(
      {
        ...{ ledger: new MemoryLedger(rows), source: parsePool(text, 'pool.yaml'), opening: EMPTY_STATE },
        period: parsePeriod(period, CHAIN),
        ...{ acceptance: { gaps: null, residual: null }, toolVersion: '0.1.0' },
      },
      (file) => output.put(file),
    );
    output.finish();
    return explainParticipant(readManifest(join(folder, 'out', 'manifest.json')), id).join('\n');
  });
}

test('a weight is shown with the stakes and slots that make it', () => {
  const text = poolText([
    person('ann', 1, 'stake: [{eth: 2}, {from: 2026-01-03, eth: 5}]'),
    person('ben', 2),
  ]);
  const said = explained(text, rowsOf(7, 2, [attested(10), attested(10)]), 'ann', '2026-01-02..2026-01-03');
  expect(said).toContain(
    `weight: ${2n * 10n ** 18n} wei of stake x 7200 slots (7200 to 14399) = ${14400n * 10n ** 18n}`,
  );
  expect(said).toContain(
    `weight: ${5n * 10n ** 18n} wei of stake x 7200 slots (14400 to 21599) = ${36000n * 10n ** 18n}`,
  );
  expect(said).toContain(`weights together: ${50400n * 10n ** 18n}`);
});

test('a weight by validators is shown with measure, performance and part', () => {
  const text = poolText(
    [person('ann', 1, ''), person('ben', 2, '')],
    'weights: {by: validators}\nperformance: {action: scale, at-least: 100%}',
    '  - {indices: ["7"], owners: {ann: 1, ben: 3}}',
  );
  const said = explained(text, [row(7, 2, { ...attested(10), duties: duties(180) })], 'ben');
  const weight = (7200n * 4n * 3n * 10n ** 18n) / (5n * 4n);
  expect(said).toMatch(/validator 7: 7200 \(slots\) x \d+ \/ \d+ \(performance\) x 3 \/ 4 \(owned\)/);
  expect(said).toContain(`= ${weight}`);
});

test('the base of a commission is derived from what it counts', () => {
  const text = poolText(
    [person('ann', 1), person('ben', 2, '')],
    'commission: [{to: ben, rate: 10%, of: own-validators}]\nexpenses: [{label: x, on: 2026-01-02, eth: 0.0000002}]',
    '  - {indices: ["7"], operator: ben}\n  - {indices: ["8"]}',
  );
  const said = explained(text, [row(7, 2, attested(300)), row(8, 2, attested(700))], 'ben');
  // 300 of 1000 gwei, and 800 to distribute: the base is 240, a tenth of it 24.
  expect(said).toContain(
    'income of 1 validator while in force: consensus layer 0.0000003, execution layer 0; counts 0.0000003',
  );
  expect(said).toContain('base 0.0000003 x 0.0000008 to distribute / 0.000001 of all income = 0.00000024');
  expect(said).toMatch(/commission\.0.* 0\.000000024$/m);
});

/** The smoothing pool holds what blocks pay, and nothing of the consensus layer. */
const BLOCK: ExecutionIncome = {
  slot: 7300n,
  amountWei: 3900n * GWEI,
  kind: 'vanilla',
  method: 'receipts',
  confidence: 'exact',
};

test('shares of a minipool, a megapool and the smoothing pool are derived by their rules', () => {
  const of = (preset: string, id: string) =>
    explained(
      poolText(
        [person('one', 1, ''), person('reth', 2, '')],
        `preset: rocket-pool-${preset}\nrounding: floor-to:reth` +
          (preset === 'megapool'
            ? '\nmegapool: {voters: reth, voters-share: 9%, dao: reth, dao-share: 0}'
            : ''),
        '  - {indices: ["1-2"], operator: one, bond: 8, fee: 10%}',
      ),
      preset === 'smoothing-pool'
        ? [row(1, 2, { ...attested(77), execution: [BLOCK] }), row(2, 2)]
        : [row(1, 2, attested(4000)), row(2, 2, attested(-100))],
      id,
    );
  const node = 1300n * GWEI;
  expect(of('minipool', 'one')).toContain(
    `minipool 1: ${4000n * GWEI} wei x 8 / 32 = ${1000n * GWEI}; fee of the rest ${3000n * GWEI} x 0.1 = ${300n * GWEI}; together ${node}`,
  );
  expect(of('minipool', 'one')).toContain(`minipool 2 earned -${100n * GWEI} wei: nothing for the node`);
  expect(of('minipool', 'reth')).toContain(
    `the rest: ${3900n * GWEI} wei - ${node} of all others = ${2600n * GWEI}`,
  );
  expect(of('megapool', 'one')).toContain(
    `megapool of one: ${3900n * GWEI} wei, capital ratio 0.25, so ${2925n * GWEI} wei`,
  );
  // (1 - 0.1) x 8 / 32 + 0.1 = 0.325 for each of 450 attestations.
  const pool = (3900n * GWEI * 325n) / 1000n;
  expect(of('smoothing-pool', 'one')).toContain(`/ (450 attestations x 10^18) = ${pool}`);
  expect(of('smoothing-pool', 'one')).toContain(
    `minipool 1: ${pool} wei x (${325n * 10n ** 15n} x 225) / ${325n * 450n * 10n ** 15n} = ${pool / 2n}`,
  );
});

test('a loss that is carried is a line of its own, so that the sums add up', () => {
  const said = explained(poolText([person('ann', 1)]), [row(7, 2, attested(-300))], 'ann');
  expect(said).toMatch(/loss that later income makes good +0\.0000003$/m);
});
