import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePool } from '../../../../monitor/splits/config/read-pool-file.ts';
import { explainParticipant } from '../../../../monitor/splits/manifest/explain-participant.ts';
import { OutputFolder } from '../../../../monitor/splits/manifest/output-folder.ts';
import { produceSplit, type ProducedSplit } from '../../../../monitor/splits/manifest/produce-split.ts';
import { readManifest } from '../../../../monitor/splits/manifest/read-manifest.ts';
import { verifyManifest } from '../../../../monitor/splits/manifest/verify-manifest.ts';
import { parsePrices } from '../../../../monitor/reports/index.ts';
import { closePeriod } from '../../../../monitor/splits/payouts/close-period.ts';
import { ACCEPT_NOTHING } from '../../../../monitor/splits/manifest/acceptance.ts';
import { GENESIS_HASH, PayoutLedger } from '../../../../monitor/splits/payouts/payout-ledger.ts';
import { EMPTY_STATE, type PayoutState } from '../../../../monitor/splits/payouts/payout-state.ts';
import { parsePeriod } from '../../../../monitor/splits/period.ts';
import type { LedgerRow } from '../../../../monitor/splits/ledger/ledger-port.ts';
import { inFolder } from '../../../support/splits-files.ts';
import { person, poolText } from '../../../support/splits-fixture.ts';
import {
  attested,
  CHAIN,
  duties,
  MemoryLedger,
  rowsOf,
  type MemoryFacts,
} from '../../../support/splits-ledger.ts';

const TEXT = poolText(
  [person('ann', 1), person('ben', 2, 'stake: [{eth: 7}]')],
  'commission: [{to: ann, rate: 10%}]\nmerkle: {kind: period}\ntax: {currency: EUR}',
);
const ROWS = rowsOf(7, 2, [attested(1_000_003), attested(500_000)]);
const LEDGER = new MemoryLedger(ROWS);

function write(
  out: string,
  rows: readonly LedgerRow[] = ROWS,
  opening: PayoutState = EMPTY_STATE,
): ProducedSplit {
  const folder = new OutputFolder(out);
  const produced = produceSplit(
    {
      ledger: new MemoryLedger(rows),
      source: parsePool(TEXT, 'pool.yaml'),
      period: parsePeriod('2026-01-02..2026-01-03', CHAIN),
      opening,
      acceptance: { gaps: 'first row is known to be missing', residual: null },
      toolVersion: '0.1.0',
    },
    (file) => folder.put(file),
  );
  folder.finish();
  return produced;
}

const withSplit = (use: (out: string, manifest: string, folder: string) => void): void => {
  inFolder((folder) => {
    const out = join(folder, 'out');
    write(out);
    use(out, join(out, 'manifest.json'), folder);
  });
};
const differs = (message: string): unknown =>
  expect.objectContaining({ code: 'MANIFEST_DIFFERS', message: expect.stringContaining(message) as string });

test('an untouched split is what the ledger gives', () => {
  withSplit((_out, manifest) => {
    expect(verifyManifest(manifest, LEDGER, null)).toMatchObject({ closed: null });
  });
});

test('what was accepted is accepted again, with the reason of the manifest', () => {
  inFolder((folder) => {
    const out = join(folder, 'out');
    expect(write(out, ROWS.slice(1)).manifest.accepted).toHaveLength(1);
    verifyManifest(join(out, 'manifest.json'), new MemoryLedger(ROWS.slice(1)), null);
  });
});

test('one gwei in the ledger is found, with its day and its validator', () => {
  withSplit((_out, manifest) => {
    const rows = rowsOf(7, 2, [attested(1_000_003), attested(500_001)]);
    const verify = () => verifyManifest(manifest, new MemoryLedger(rows), null);
    expect(verify).toThrow(differs('(2026-01-03)'));
    expect(verify).toThrow(differs('validators.csv:2: the file says 7,0x'));
  });
});

test.each([
  ['payouts.csv', 'payouts.csv:3'],
  ['merkle.json', 'merkle.json:'],
  ['statements.jsonl', 'statements.jsonl:2'],
  ['statements/ben.html', 'statements/ben.html:'],
  ['validators.csv', 'validators.csv:2'],
  ['tax/ann.rotki.csv', 'tax/ann.rotki.csv:2'],
  [
    'pool.yaml',
    'pool.yaml was changed since the manifest was made; pool.yaml:8: is now commission: [{to: ann, rate: 20%}]',
  ],
  [
    'opening.json',
    'opening.json was changed since the manifest was made; opening.json:8 (counted): is now }2{',
  ],
])('a changed %s is found', (name, message) => {
  withSplit((out, manifest) => {
    const text = readFileSync(join(out, name), 'utf8');
    const at = text.lastIndexOf('1');
    writeFileSync(join(out, name), `${text.slice(0, at)}2${text.slice(at + 1)}`);
    expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(differs(message));
  });
});

test('a file that is missing is found', () => {
  withSplit((out, manifest) => {
    rmSync(join(out, 'disperse.txt'));
    expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(differs('disperse.txt is missing'));
  });
});

test('every number of the manifest is checked', () => {
  withSplit((_out, manifest) => {
    const text = readFileSync(manifest, 'utf8');
    const said = JSON.parse(text) as { totals: Record<string, string> };
    for (const name of Object.keys(said.totals)) {
      const forged = { ...said, totals: { ...said.totals, [name]: `${said.totals[name] ?? ''}1` } };
      writeFileSync(manifest, `${JSON.stringify(forged, null, 2)}\n`);
      expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(differs(`totals.${name}`));
    }
    writeFileSync(manifest, text.replaceAll('  ', ' '));
    expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(differs('written anew'));
  });
});

test('rules of another version are not compared', () => {
  withSplit((_out, manifest) => {
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('vigil-splits-3', 'vigil-splits-0'));
    expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(differs('rules vigil-splits-0'));
  });
});

test('something else is no manifest', () => {
  withSplit((out) => {
    for (const name of ['result.json', 'payouts.csv', 'nothing.json'])
      expect(() => readManifest(join(out, name))).toThrow(
        expect.objectContaining({ code: 'MANIFEST_INVALID' }),
      );
  });
});

test('the payout ledger must have closed this manifest on these balances', () => {
  withSplit((out, manifest, folder) => {
    const path = join(folder, 'payouts.jsonl');
    const open = (pool: string) => new PayoutLedger(path, pool);
    expect(verifyManifest(manifest, LEDGER, open).closed).toBe(false);
    const produced = verifyManifest(manifest, LEDGER, null).produced;
    closePeriod(path, {
      pool: 'Test',
      period: parsePeriod('2026-01-02..2026-01-03', CHAIN),
      manifest: produced.manifestHash,
      state: produced.result.closing,
      head: open('Test').head,
      gapsAccepted: false,
    });
    expect(verifyManifest(manifest, LEDGER, open).closed).toBe(true);
    rmSync(out, { recursive: true });
    write(out, ROWS, { ...EMPTY_STATE, carryWei: 1n });
    expect(() => verifyManifest(manifest, LEDGER, open)).toThrow(
      differs('opening.json is not what the payout ledger'),
    );
  });
});

test('the same split may be written again, another one never in its place', () => {
  withSplit((out) => {
    const before = readFileSync(join(out, 'manifest.json'), 'utf8');
    write(out);
    expect(() => write(out, rowsOf(7, 2, [attested(1), attested(1)]))).toThrow(
      expect.objectContaining({ code: 'OUTPUT_FOLDER_IN_USE' }),
    );
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(before);
    expect(readdirSync(join(out, '..'))).toEqual(['out']);
  });
});

test('a folder with other things is left alone', () => {
  inFolder((folder) => {
    writeFileSync(join(folder, 'mine'), '');
    expect(() => write(folder)).toThrow(expect.objectContaining({ code: 'OUTPUT_FOLDER_IN_USE' }));
  });
});

test('a payout is explained with every number that leads to it', () => {
  withSplit((_out, manifest) => {
    const stored = readManifest(manifest);
    const text = explainParticipant(stored, 'ann').join('\n');
    // 1,500,003 gwei, a tenth is commission, 32 of 39 of the rest.
    const total = 1_500_003n * 10n ** 9n;
    const shared = total - total / 10n;
    for (const said of [
      '0.001500003',
      `${shared} wei x ${32n * 14400n * 10n ** 18n} / ${39n * 14400n * 10n ** 18n}`,
      `= ${(shared * 32n) / 39n} wei floored`,
      'rate 10%',
    ])
      expect(text).toContain(said);
    expect(() => explainParticipant(stored, 'carol')).toThrow('carol is not among ann, ben');
  });
});

test('a result that was changed is not explained', () => {
  withSplit((out, manifest) => {
    const path = join(out, 'result.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"payoutWei": "1', '"payoutWei": "2'));
    expect(() => explainParticipant(readManifest(manifest), 'ann')).toThrow(
      differs('result.json was changed'),
    );
  });
});

test('a line that was appended, and one that was cut off, are said to be that', () => {
  withSplit((out, manifest) => {
    const path = join(out, 'disperse.txt');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `${text}0x11,1\n`);
    const verify = () => verifyManifest(manifest, LEDGER, null);
    expect(verify).toThrow(
      differs('disperse.txt:3: the file says 0x11,1, recomputed it is nothing: it ends there'),
    );
    writeFileSync(path, text.slice(0, text.indexOf('\n') + 1));
    expect(verify).toThrow(differs('disperse.txt:2: the file says nothing: it ends there, recomputed'));
  });
});

test.each(['safe-transactions-2-of-2.json', 'statements/mallory.html', '.hidden'])(
  'a file that is no file of the split is found: %s',
  (name) => {
    withSplit((out, manifest) => {
      writeFileSync(join(out, name), 'pay mallory');
      expect(() => verifyManifest(manifest, LEDGER, null)).toThrow(
        differs(`${name} is in the folder and no file of this split`),
      );
    });
  },
);

const edited = (manifest: string, from: string, to: string): void => {
  const text = readFileSync(manifest, 'utf8');
  expect(text).toContain(from);
  writeFileSync(manifest, text.replace(from, to));
};
const RUNNING = { toolVersion: '0.1.0' };

test('another version is said, and what cannot be recomputed is called the word of the maker', () => {
  withSplit((_out, manifest) => {
    expect(verifyManifest(manifest, LEDGER, null, RUNNING).otherVersion).toBeNull();
    edited(manifest, '"toolVersion": "0.1.0"', '"toolVersion": "9.9.9"');
    const { otherVersion, statements } = verifyManifest(manifest, LEDGER, null, RUNNING);
    expect(otherVersion).toBe('9.9.9');
    expect(statements).toContain('tool version: 9.9.9');
    expect(statements).toContain('opening balances: those of opening.json');
  });
});

test('an edited reason is the word of the maker, and found against the closed entry or the published hash', () => {
  inFolder((folder) => {
    const [out, path] = [join(folder, 'out'), join(folder, 'payouts.jsonl')];
    const manifest = join(out, 'manifest.json');
    const ledger = new MemoryLedger(ROWS.slice(1));
    const open = (pool: string) => new PayoutLedger(path, pool);
    const { manifestHash, result } = write(out, ROWS.slice(1));
    closePeriod(path, {
      ...{ pool: 'Test', period: parsePeriod('2026-01-02..2026-01-03', CHAIN), manifest: manifestHash },
      ...{ state: result.closing, head: open('Test').head, gapsAccepted: true },
    });
    const reason = 'reason for accepting gaps: first row is known to be missing';
    expect(verifyManifest(manifest, ledger, null).statements).toContain(reason);
    expect(verifyManifest(manifest, ledger, null, { manifestHash }).statements).toEqual([]);
    expect(verifyManifest(manifest, ledger, open).statements).toEqual([]);
    edited(manifest, 'first row is known to be missing', 'auditor approved');
    expect(verifyManifest(manifest, ledger, null).statements).toContain(
      'reason for accepting gaps: auditor approved',
    );
    expect(() => verifyManifest(manifest, ledger, open)).toThrow(differs('closed with another manifest'));
    expect(() => verifyManifest(manifest, ledger, null, { manifestHash })).toThrow(
      differs(`not ${manifestHash}`),
    );
  });
});

test.each([
  ['payouts.csv', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('ann', 'eve'))],
  ['safe-transactions.json', (path: string) => writeFileSync(path, '{}')],
  ['disperse.txt', (path: string) => rmSync(path)],
  ['more.csv', (path: string) => writeFileSync(path, 'x')],
])('a draft whose %s was damaged is not taken for the split', (name, damage) => {
  withSplit((out) => {
    damage(join(out, name));
    expect(() => write(out)).toThrow(
      expect.objectContaining({
        code: 'OUTPUT_FOLDER_IN_USE',
        message: expect.stringContaining(name) as string,
      }),
    );
    expect(readdirSync(join(out, '..'))).toEqual(['out']);
  });
});

test('an empty folder is as good as a new one', () => {
  inFolder((folder) => {
    mkdirSync(join(folder, 'out'));
    write(join(folder, 'out'));
    expect(readdirSync(join(folder, 'out'))).toContain('manifest.json');
  });
});

test('prices of a file are kept with the split, and verified from there', () => {
  inFolder((folder) => {
    const out = join(folder, 'out');
    const output = new OutputFolder(out);
    const text = 'date,price\n2026-01-03,2000\n';
    const { manifest } = produceSplit(
      {
        ...{ ledger: LEDGER, source: parsePool(TEXT, 'pool.yaml'), opening: EMPTY_STATE },
        period: parsePeriod('2026-01-02..2026-01-03', CHAIN),
        acceptance: { gaps: 'known', residual: null },
        prices: { text, byDay: parsePrices(text, 'prices.csv') },
        toolVersion: '0.1.0',
      },
      (file) => output.put(file),
    );
    output.finish();
    expect(readFileSync(join(out, 'tax/ann.koinly.csv'), 'utf8')).toMatch(/reward,\d+\.\d\d,EUR/);
    const path = join(out, 'manifest.json');
    expect(verifyManifest(path, LEDGER, null).statements).toContain('prices: those of prices.csv');
    expect(manifest.files['prices.csv']).toBeDefined();
    writeFileSync(join(out, 'prices.csv'), text.replace('2000', '2001'));
    expect(() => verifyManifest(path, LEDGER, null)).toThrow(differs('prices.csv:2: is now 2026-01-03,2001'));
  });
});

test('a changed opening balance is named by account and field', () => {
  inFolder((folder) => {
    const account = {
      index: 0,
      address: '0x0000000000000000000000000000000000000001',
      balanceWei: 5n,
      paidWei: 0n,
    };
    const out = join(folder, 'out');
    write(out, ROWS, { ...EMPTY_STATE, accounts: new Map([['ann', account]]) });
    edited(join(out, 'opening.json'), '"balanceWei": "5"', '"balanceWei": "6"');
    expect(() => verifyManifest(join(out, 'manifest.json'), LEDGER, null)).toThrow(
      differs('opening.json:6 (accounts.ann.balanceWei): is now "balanceWei": "6"'),
    );
  });
});

test('slots that no period has are in the manifest, as the payout ledger has them', () => {
  inFolder((folder) => {
    const [out, path] = [join(folder, 'out'), join(folder, 'payouts.jsonl')];
    const open = (pool: string) => new PayoutLedger(path, pool);
    closePeriod(path, {
      ...{
        pool: 'Test',
        period: parsePeriod('2026-01-01', CHAIN),
        manifest: '0'.repeat(64),
        state: EMPTY_STATE,
      },
      ...{ head: GENESIS_HASH, gapsAccepted: false },
    });
    const period = parsePeriod('2026-01-03', CHAIN);
    const request = {
      ...{ ledger: LEDGER, source: parsePool(TEXT, 'pool.yaml'), period, opening: EMPTY_STATE },
      ...{ skipped: open('Test').skippedBefore(period), toolVersion: '0.1.0' },
    };
    expect(() => produceSplit({ ...request, acceptance: ACCEPT_NOTHING }, () => undefined)).toThrow(
      expect.objectContaining({ code: 'PERIOD_NOT_NEXT' }),
    );
    const output = new OutputFolder(out);
    const { manifest } = produceSplit(
      { ...request, acceptance: { gaps: 'validators were idle', residual: null } },
      (file) => output.put(file),
    );
    output.finish();
    expect(manifest.accepted).toEqual([
      {
        what: 'skipped',
        reason: 'validators were idle',
        count: 7200,
        named: ['slots 7200 to 14399, after 2026-01-01, are in no period'],
      },
    ]);
    const at = join(out, 'manifest.json');
    expect(verifyManifest(at, LEDGER, open).closed).toBe(false);
    edited(at, '"count": 7200', '"count": 1');
    expect(verifyManifest(at, LEDGER, null).statements).toContain(
      'skipped: slots 7200 to 14399, after 2026-01-01, are in no period',
    );
    expect(() => verifyManifest(at, LEDGER, open)).toThrow(differs('accepted.0.count: the manifest says 1'));
  });
});

function onDisk(text: string, facts: MemoryFacts, use: (manifest: string) => void): void {
  inFolder((folder) => {
    const output = new OutputFolder(join(folder, 'out'));
    produceSplit(
      {
        ...{ ledger: new MemoryLedger(ROWS, facts), source: parsePool(text, 'pool.yaml') },
        ...{ period: parsePeriod('2026-01-02..2026-01-03', CHAIN), opening: EMPTY_STATE },
        ...{ acceptance: ACCEPT_NOTHING, toolVersion: '0.1.0' },
      },
      (file) => output.put(file),
    );
    output.finish();
    use(join(folder, 'out', 'manifest.json'));
  });
}

test('other duties of the network are named as the cause, with their day', () => {
  const text = poolText([person('ann', 1)], 'performance: {action: zero, network-minus: 1%}');
  const network = (included: number) => ({ network: duties(included, 1000) });
  onDisk(text, network(990), (manifest) => {
    verifyManifest(manifest, new MemoryLedger(ROWS, network(990)), null);
    expect(() => verifyManifest(manifest, new MemoryLedger(ROWS, network(991)), null)).toThrow(
      differs(
        'networkDuties.2026-01-02: the manifest says "990 of 1000, 0 of 0, 0 of 0", recomputed it is "991 of',
      ),
    );
  });
  // Who does not compare does not care.
  onDisk(TEXT, network(990), (manifest) => {
    verifyManifest(manifest, new MemoryLedger(ROWS, network(991)), null);
  });
});

test('another price of the ledger is named as the cause, with its day', () => {
  const prices = (price: string) => ({ prices: { 'EUR 2026-01-03': price } });
  onDisk(TEXT, prices('3000.5'), (manifest) => {
    verifyManifest(manifest, new MemoryLedger(ROWS, prices('3000.5')), null);
    expect(() => verifyManifest(manifest, new MemoryLedger(ROWS, prices('3000.6')), null)).toThrow(
      differs('prices.EUR 2026-01-03: the manifest says "3000.5", recomputed it is "3000.6"'),
    );
  });
});
