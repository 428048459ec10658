import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type StoreChain } from '../../../monitor/store/index.ts';
import { person, poolText } from '../../support/splits-fixture.ts';
import { at, STORE_CHAIN, StoreWorld, watched } from '../../support/store-world.ts';
import { runVigil, type Ran } from '../../support/run-vigil.ts';

const CHAIN: StoreChain = { ...STORE_CHAIN, network: 'mainnet', chainId: 1n };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-rewards-db-'));
  writeFileSync(join(folder, 'pool.yaml'), poolText([person('ann', 1), person('ben', 2)]));
  fill('monitor.sqlite', CHAIN);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fill(name: string, chain: StoreChain): void {
  const store = openStore({ path: join(folder, name), chain });
  const world = new StoreWorld(4);
  store.watch([watched(1, 'pool'), watched(2, 'pool')], at(0));
  for (let epoch = 0; epoch < 20; epoch += 1) store.writeEpoch(world.record(epoch, [1, 2]));
  store.close();
}

const vigil = (...args: string[]): Promise<Ran> => runVigil(['rewards', ...args], {}, folder);
const split = (...more: string[]) => {
  const pool = ['--config', 'pool.yaml', '--period', '2026-01-02', '--accept-residual', 'made up'];
  return vigil('split', ...pool, ...more);
};
const said = (text: string): string => expect.stringContaining(text) as string;

test(
  'a split reads the database of the data directory, a named one, or a file exported from it: all the same',
  { timeout: 120_000 },
  async () => {
    expect(await split('--data-dir', '.', '--out', 'one')).toMatchObject({ code: 0 });
    expect(await split('--monitor-db', 'monitor.sqlite', '--out', 'two')).toMatchObject({ code: 0 });
    const days = ['--from', '2026-01-01', '--to', '2026-01-03'];
    const exported = await vigil(
      'export-ledger',
      ...days,
      '--out',
      'ledger.jsonl',
      '--data-dir',
      '.',
      '--json',
    );
    expect(exported).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(exported.stdout)).toEqual({ out: 'ledger.jsonl', rows: '6' });
    expect(statSync(join(folder, 'ledger.jsonl')).mode & 0o777).toBe(0o600);
    expect(await split('--ledger', 'ledger.jsonl', '--out', 'three')).toMatchObject({ code: 0 });
    const [one, two, three] = ['one', 'two', 'three'].map((name) =>
      readFileSync(join(folder, name, 'manifest.json'), 'utf8'),
    );
    expect(two).toBe(one);
    expect(three).toBe(one);
    const manifest = join('three', 'manifest.json');
    expect(await vigil('verify', manifest, '--monitor-db', 'monitor.sqlite')).toMatchObject({
      code: 0,
      stdout: said('Recomputed from 2 rows'),
    });
  },
);

test('what cannot be read is named', { timeout: 120_000 }, async () => {
  expect(await split('--data-dir', 'nowhere')).toMatchObject({
    code: 1,
    stderr: said("no monitor's database at"),
  });
  expect(await split('--ledger', 'x', '--monitor-db', 'y')).toMatchObject({
    code: 2,
    stderr: said('not both'),
  });
  fill('tax.sqlite', { ...CHAIN, ledgerDay: 'Europe/Berlin' });
  const berlin = ['--monitor-db', 'tax.sqlite'];
  expect(await split(...berlin)).toMatchObject({ code: 3, stderr: said('"Europe/Berlin", not UTC') });
  const here = ['--data-dir', '.', '--out', 'out.jsonl'];
  for (const [from, to] of [
    ['2026-01', '2026-01-03'],
    ['2026-01-03', '2026-01-01'],
  ] as const)
    expect(await vigil('export-ledger', '--from', from, '--to', to, ...here)).toMatchObject({ code: 2 });
  writeFileSync(join(folder, 'out.jsonl'), 'mine');
  const again = await vigil('export-ledger', '--from', '2026-01-01', '--to', '2026-01-02', ...here);
  expect(again).toMatchObject({ code: 1, stderr: said('is there already') });
  expect(readFileSync(join(folder, 'out.jsonl'), 'utf8')).toBe('mine');
});
