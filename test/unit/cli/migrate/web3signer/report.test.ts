import { expect, test } from 'vitest';
import { migrationLines, type MigrationReport } from '../../../../../cli/migrate/web3signer/report.ts';
import { KEY_A, KEY_B } from '../../../../support/slashing-fixtures.ts';

const REPORT: MigrationReport = {
  configFile: '/w3s.yaml',
  dataDir: '/var/lib/vigil',
  dryRun: false,
  complete: true,
  options: [
    { option: 'http-listen-port', becomes: { kind: 'setting', setting: 'http-port', values: ['9100'] } },
    { option: 'data-path', becomes: { kind: 'none', why: 'no need' } },
    { option: 'tls-keystore-file', becomes: { kind: 'by-hand', todo: 'openssl x' } },
    { option: 'evil\u001b[2J', becomes: { kind: 'unknown' } },
  ],
  keys: [
    { label: '/k/a.yaml', pubkey: KEY_A, status: 'imported', message: '' },
    { label: '/k/b.yaml', pubkey: null, status: 'by-hand', message: 'vault x' },
    { label: '/k/c\r.yaml', pubkey: null, status: 'failed', message: 'it is empty' },
  ],
  history: {
    file: '/h.json',
    content: { keys: 7, blocks: 5, attestations: 6, suspicious: 2 },
    raised: 4,
    keysWithoutVotes: [KEY_B],
    onMissingHistory: 'trust',
  },
  exposedFiles: ['1', '2', '3', '4', '5', '6', '7'].map((name) => `/x/${name}`),
  remarks: ['mind this'],
  outConfig: null,
};

const textOf = (changes: Partial<MigrationReport> = {}): string =>
  migrationLines({ ...REPORT, ...changes }).join('\n');

test('every option has its line, and what is done by hand its command', () => {
  const text = textOf();
  expect(text).toMatch(/^http-listen-port +http-port: 9100$/m);
  expect(text).toMatch(/^data-path +no counterpart: no need$/m);
  expect(text).toMatch(/^tls-keystore-file +by hand, see below$/m);
  expect(text).toMatch(/^ {2}tls-keystore-file: openssl x$/m);
  expect(text).toMatch(/^evil\?\[2J +UNKNOWN/m);
});

test('every key has its line, and all are counted', () => {
  const text = textOf();
  expect(text).toMatch(new RegExp(`^/k/a.yaml +${KEY_A} +imported$`, 'm'));
  expect(text).toMatch(/^\/k\/b.yaml +- +by-hand +see below$/m);
  expect(text).toMatch(/^ {2}\/k\/b.yaml: vault x$/m);
  expect(text).toMatch(/^\/k\/c\?.yaml +- +failed +it is empty$/m);
  expect(text).toContain('keys: 1 imported, 1 by-hand, 1 failed');
});

test('the history says what was merged, what is doubtful and which keys it lacks', () => {
  const text = textOf();
  expect(text).toContain(
    '5 blocks and 6 attestations of 7 keys in /h.json: merged; it raised the watermarks of 4',
  );
  expect(text).toContain('warning: 2 entries contradict');
  expect(text).toMatch(
    new RegExp(
      `^warning: 1 keys have no vote in /h.json.*THEY ARE TAKEN TO HAVE SIGNED NOTHING.*\n {2}${KEY_B}$`,
      'm',
    ),
  );
  const none = {
    ...REPORT.history,
    file: null,
    content: null,
    raised: null,
    onMissingHistory: 'floor' as const,
  };
  expect(textOf({ history: none })).toMatch(
    /come without slashing history.*nothing slashable before the next epoch/,
  );
});

test('history that was not merged is not said to be', () => {
  const history = { ...REPORT.history, raised: null };
  expect(textOf({ history })).toContain('not merged, because no key could be opened');
  expect(textOf({ history, dryRun: true })).toContain('would be merged');
});

test('a few of the exposed files are named, the rest counted', () => {
  const text = textOf();
  expect(text).toContain('may read 7 files');
  expect(text).toContain('  /x/5\n  and 2 more');
  expect(textOf({ exposedFiles: [] })).not.toContain('may read');
});

test('it ends with what to do before the start, once a key is in', () => {
  expect(textOf()).toContain('Stop every Web3Signer');
  expect(textOf()).toMatch(/vigil signer --data-dir \/var\/lib\/vigil$/);
  expect(textOf({ outConfig: '/etc/my vigil.yaml' })).toMatch(/--config '\/etc\/my vigil.yaml'$/);
  expect(textOf({ outConfig: '/var/lib/vigil/vigil.yaml' })).toMatch(/--data-dir \/var\/lib\/vigil$/);
  expect(textOf({ keys: [] })).not.toContain('Stop every Web3Signer');
  expect(textOf({ dryRun: true })).toMatch(/Nothing was written \(--dry-run\)\.$/);
});

test('one that stopped before the keys says neither', () => {
  const text = textOf({ complete: false });
  expect(text).not.toContain('merged');
  expect(text).not.toContain('Stop every Web3Signer');
  expect(text).toContain('note: mind this');
});
