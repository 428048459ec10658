import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entryLine, PayoutLedger } from '../../../monitor/splits/payouts/payout-ledger.ts';
import { ledgerLines, writeLines } from '../../support/splits-files.ts';
import { person, poolText } from '../../support/splits-fixture.ts';
import { attested, rowsOf } from '../../support/splits-ledger.ts';
import { runVigil, type Ran } from '../../support/run-vigil.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-rewards-'));
  writeFileSync(join(folder, 'pool.yaml'), poolText([person('ann', 1), person('ben', 2)]));
  writeLines(join(folder, 'ledger.jsonl'), ledgerLines(rowsOf(7, 2, [attested(1000), attested(500)])));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const vigil = (...args: string[]): Promise<Ran> => runVigil(['rewards', ...args], {}, folder);
const split = (period: string, ...more: string[]) =>
  vigil('split', '--config', 'pool.yaml', '--ledger', 'ledger.jsonl', '--period', period, ...more);

test('a pool is made, checked, and the example is not written over', { timeout: 60_000 }, async () => {
  expect(await vigil('init-pool', '--out', 'new.yaml')).toMatchObject({ code: 0 });
  expect(await vigil('init-pool', '--out', 'new.yaml')).toMatchObject({ code: 1 });
  const { stdout } = await vigil('check', '--config', 'new.yaml');
  expect(stdout).toContain('node-one: 10% on all income of own validators');
  expect(await vigil('check')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--config FILE') as string,
  });
});

test('draft, close, close again, next period, verify, explain', { timeout: 120_000 }, async () => {
  const draft = await split('2026-01-02', '--json');
  expect(draft).toMatchObject({ code: 0 });
  expect(JSON.parse(draft.stdout)).toMatchObject({ closed: false });
  expect(existsSync(join(folder, 'payouts.jsonl'))).toBe(false);

  expect((await split('2026-01-02', '--close', '--new-payouts')).stdout).toContain('Closed.');
  const again = await split('2026-01-02', '--close');
  expect(again).toMatchObject({ code: 3, stderr: expect.stringContaining('is closed already') as string });
  // Computing it again is no change.
  expect(await split('2026-01-02')).toMatchObject({ code: 0 });
  expect(await split('2026-01-02..2026-01-03')).toMatchObject({ code: 3 });
  expect((await split('2026-01-03', '--close')).stdout).toContain('Closed.');
  expect(readFileSync(join(folder, 'payouts.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(2);

  const manifest = join('rewards-2026-01-03', 'manifest.json');
  const verified = await vigil('verify', manifest, '--ledger', 'ledger.jsonl', '--payouts', 'payouts.jsonl');
  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The payout ledger closed') as string,
  });
  expect((await vigil('explain', 'ann', '--manifest', manifest)).stdout).toContain('share by weight');
  expect(await vigil('explain', 'zoe', '--manifest', manifest)).toMatchObject({ code: 2 });
});

test(
  'a closed period is never changed, and a refused split leaves nothing behind',
  { timeout: 60_000 },
  async () => {
    await split('2026-01-02', '--close', '--new-payouts');
    writeFileSync(join(folder, 'pool.yaml'), poolText([person('ann', 1)]));
    const changed = await split('2026-01-02', '--out', 'other');
    expect(changed).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('closed with another result') as string,
    });
    expect(await split('2026-01-03..2026-01-04', '--out', 'other')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('has no rows after 2026-01-03') as string,
    });
    expect(existsSync(join(folder, 'other'))).toBe(false);
    const accepted = await split('2026-01-03..2026-01-04', '--accept-gaps', 'node was down', '--json');
    expect(JSON.parse(accepted.stdout)).toMatchObject({
      manifest: { accepted: [{ reason: 'node was down' }] },
    });
  },
);

test(
  'a payout ledger is begun on purpose only, and a wrong path is never taken for one',
  { timeout: 120_000 },
  async () => {
    const missing = (path: string) => ({
      code: 3,
      stderr: expect.stringContaining(`there is no payout ledger at ${path}`) as string,
    });
    expect((await split('2026-01-02')).stdout).toContain('payouts.jsonl is NEW');
    expect(await split('2026-01-02', '--close')).toMatchObject(missing('payouts.jsonl'));
    expect(await split('2026-01-02', '--payouts', 'payuots.jsonl')).toMatchObject(missing('payuots.jsonl'));
    expect((await split('2026-01-02', '--close', '--new-payouts')).stdout).toContain('NEW');
    expect(await split('2026-01-03', '--new-payouts')).toMatchObject({ code: 2 });
    const verify = (path: string) =>
      vigil('verify', 'rewards-2026-01-02/manifest.json', '--ledger', 'ledger.jsonl', '--payouts', path);
    expect(await verify('payuots.jsonl')).toMatchObject(missing('payuots.jsonl'));
    expect(await verify('payouts.jsonl')).toMatchObject({ code: 0 });
  },
);

test(
  'money in the payout ledger that no split led to is not paid with the next period',
  { timeout: 120_000 },
  async () => {
    await split('2026-01-02', '--close', '--new-payouts');
    const path = join(folder, 'payouts.jsonl');
    const [entry] = new PayoutLedger(path, 'Test').entries;
    const ann = entry!.state.accounts.get('ann')!;
    const accounts = new Map(entry!.state.accounts).set('ann', { ...ann, balanceWei: 5n * 10n ** 18n });
    writeFileSync(path, `${entryLine({ ...entry!, state: { ...entry!.state, accounts } })}\n`);
    const refused = { code: 3, stderr: expect.stringContaining('not those that its manifest') as string };
    expect(await split('2026-01-03')).toMatchObject(refused);
    renameSync(join(folder, 'rewards-2026-01-02'), join(folder, 'moved'));
    expect((await split('2026-01-03')).stdout).toContain('compared with nothing');
    const previous = ['--out', 'other', '--previous', 'moved/manifest.json'];
    expect(await split('2026-01-03', ...previous)).toMatchObject(refused);
  },
);

test('an override without a reason is none', { timeout: 60_000 }, async () => {
  for (const name of ['--accept-gaps', '--accept-residual'])
    expect(await split('2026-01-02', name, ' ')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${name} needs a reason`) as string,
    });
});
