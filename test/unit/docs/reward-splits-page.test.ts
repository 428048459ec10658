import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import {
  explainParticipant,
  formatEth,
  LedgerFile,
  OutputFolder,
  parsePeriod,
  produceSplit,
  readManifest,
  readPoolFile,
} from '../../../monitor/splits/index.ts';
import { ACCEPT_NOTHING } from '../../../monitor/splits/manifest/acceptance.ts';
import { EMPTY_STATE } from '../../../monitor/splits/payouts/payout-state.ts';

const docs = fileURLToPath(new URL('../../../docs/', import.meta.url));
const page = readFileSync(join(docs, 'reward-splits.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'vigil-example-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ledger = new LedgerFile(join(docs, 'examples/reward-splits/ledger.jsonl'));
const output = new OutputFolder(join(folder, 'out'));
const { result } = produceSplit(
  {
    ledger,
    source: readPoolFile(join(docs, 'examples/reward-splits/pool.yaml')),
    period: parsePeriod('2026-10-01..2026-10-02', ledger.chain),
    opening: EMPTY_STATE,
    acceptance: ACCEPT_NOTHING,
    toolVersion: 'docs',
  },
  (file) => output.put(file),
);
output.finish();

test('the worked example of the page is what the code does', () => {
  for (const { name, payoutWei, closingWei } of result.participants)
    expect(page).toContain(`| ${name} | ${formatEth(payoutWei)} | ${formatEth(closingWei)} |`);
  for (const amount of [result.totals.netWei, result.totals.commissionWei, result.totals.sharedWei])
    expect(page).toContain(formatEth(amount));
});

test('what the page shows of explain is what explain says', () => {
  const shown = /```text\n(carol in [^]*?)```/.exec(page)?.[1];
  expect(shown).toBe(
    `${explainParticipant(readManifest(join(folder, 'out', 'manifest.json')), 'carol').join('\n')}\n`,
  );
});

test('a pocket calculator comes to the same', () => {
  // The steps of the page, in wei, without any code of the splits.
  const milli = 10n ** 15n;
  const net = 71n * (milli / 10n) + 53n * milli - 2n * milli;
  const shared = net - net / 10n;
  expect(result.participants.map(({ shareWei }) => shareWei / 10n)).toEqual(
    [80n, 20n, 10n, 0n].map((ethDays) => (shared * ethDays) / 110n / 10n),
  );
});
