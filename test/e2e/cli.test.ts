import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

interface Interchange {
  metadata: { interchange_format_version: string; genesis_validators_root: string };
  data: {
    pubkey: string;
    signed_blocks: { slot: string }[];
    signed_attestations: { source_epoch: string; target_epoch: string }[];
  }[];
}

let network: TestNetwork;
let dataDir: string;

beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
});
afterEach(() => rmSync(network.folder, { recursive: true, force: true }));

const here = (...args: string[]) => [...args, '--data-dir', dataDir, ...network.flags];
const at = (name: string) => join(network.folder, name);

function write(name: string, content: unknown): string {
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content));
  return at(name);
}

/** Keystores in a folder, as another client would hand them over. */
async function keystores(
  count: number,
): Promise<{ folder: string; passwordFile: string; pubkeys: string[] }> {
  const passwordFile = write('password.txt', 'correct horse\n');
  const folder = at('keystores');
  const made = await vigilOk(
    here(
      'keys',
      'new',
      '--random',
      '--count',
      `${count}`,
      '--kdf',
      'pbkdf2',
      '--out',
      folder,
      '--password-file',
      passwordFile,
      '--json',
    ),
  );
  return { folder, passwordFile, pubkeys: (JSON.parse(made) as { pubkeys: string[] }).pubkeys };
}

function history(
  pubkey: string,
  source: string,
  target: string,
  slot: string,
  root = network.spec.genesisValidatorsRoot as string,
) {
  return {
    metadata: { interchange_format_version: '5', genesis_validators_root: root },
    data: [
      {
        pubkey,
        signed_blocks: [{ slot }],
        signed_attestations: [{ source_epoch: source, target_epoch: target }],
      },
    ],
  };
}

test('keys go in with their history, are listed, and leave with it', async () => {
  const { folder, passwordFile, pubkeys } = await keystores(2);
  const [first = '', second = ''] = pubkeys;
  const file = write('history.json', history(first.toUpperCase().replace('0X', '0x'), '3', '4', '40'));
  await vigilOk(
    here(
      'keys',
      'import',
      '--keystores',
      folder,
      '--password-file',
      passwordFile,
      '--slashing-protection',
      file,
    ),
  );
  const listed = JSON.parse(await vigilOk(here('keys', 'list', '--json'))) as unknown;
  expect(listed).toEqual(
    [first, second].sort().map((pubkey) => ({ pubkey, state: 'active', keystore: true })),
  );

  const again = JSON.parse(
    await vigilOk(here('keys', 'import', '--keystores', folder, '--password-file', passwordFile, '--json')),
  ) as { status: string }[];
  expect(again.map(({ status }) => status)).toEqual(['duplicate', 'duplicate']);

  const out = at('moved.json');
  expect((await vigil(here('keys', 'remove', first, '--out', out))).code).toBe(2);
  expect(existsSync(out)).toBe(false);
  await vigilOk(here('keys', 'remove', first, '--out', out, '--yes'));
  const moved = JSON.parse(readFileSync(out, 'utf8')) as Interchange;
  expect(moved.data).toEqual([
    {
      pubkey: first,
      signed_blocks: [{ slot: '40' }],
      signed_attestations: [{ source_epoch: '3', target_epoch: '4' }],
    },
  ]);
  expect(existsSync(join(dataDir, 'keys', `${first}.json`))).toBe(false);
  expect(existsSync(join(dataDir, 'secrets', first))).toBe(false);

  const exported = JSON.parse(await vigilOk(['slashing-db', 'export', '--data-dir', dataDir])) as Interchange;
  expect(exported.data.map(({ pubkey }) => pubkey).sort()).toEqual([first, second].sort());
});

test('one bad keystore does not stop the others, and the exit code says so', async () => {
  const { folder, passwordFile, pubkeys } = await keystores(1);
  write('keystores/keystore-broken.json', '{"version":4}');
  const result = await vigil(
    here('keys', 'import', '--keystores', folder, '--password-file', passwordFile, '--json'),
  );
  expect(result.code).toBe(1);
  const items = JSON.parse(result.stdout) as { status: string; pubkey: string | null }[];
  expect(items.map(({ status }) => status).sort()).toEqual(['error', 'imported']);
  expect(items.find(({ status }) => status === 'imported')?.pubkey).toBe(pubkeys[0]);
});

test('a wrong password imports nothing and is not repeated in the output', async () => {
  const { folder } = await keystores(1);
  const wrong = write('wrong.txt', 'hunter2-hunter2');
  const result = await vigil(here('keys', 'import', '--keystores', folder, '--password-file', wrong));
  expect(result.code).toBe(1);
  expect(result.stdout).toContain('KEYSTORE_WRONG_PASSWORD');
  expect(result.stdout + result.stderr).not.toContain('hunter2-hunter2');
  expect(JSON.parse(await vigilOk(here('keys', 'list', '--json')))).toEqual([]);
});

test('bad slashing protection keeps every key out', async () => {
  const { folder, passwordFile, pubkeys } = await keystores(1);
  const foreign = write('foreign.json', history(pubkeys[0] ?? '', '3', '4', '40', `0x${'99'.repeat(32)}`));
  const result = await vigil(
    here(
      'keys',
      'import',
      '--keystores',
      folder,
      '--password-file',
      passwordFile,
      '--slashing-protection',
      foreign,
    ),
  );
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('$.metadata.genesis_validators_root');
  expect(JSON.parse(await vigilOk(here('keys', 'list', '--json')))).toEqual([]);
});

test('slashing-db import, export and status round-trip; a second import changes nothing', async () => {
  const { pubkeys } = await keystores(1);
  const file = write('history.json', history(pubkeys[0] ?? '', '3', '4', '40'));
  const report = JSON.parse(await vigilOk(here('slashing-db', 'import', file, '--json'))) as unknown;
  expect(report).toMatchObject({ keys: 1, raised: 1, blocks: 1, attestations: 1, suspicious: 0 });
  const out = at('out.json');
  await vigilOk(['slashing-db', 'export', '--data-dir', dataDir, '--out', out]);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await vigilOk(here('slashing-db', 'import', out, '--json')))).toMatchObject({
    raised: 0,
  });
  const status = await vigilOk(['slashing-db', 'status', '--data-dir', dataDir]);
  expect(status).toContain(pubkeys[0]);
  expect(status).toContain('3 -> 4');
});

test('a refused import leaves the database as it was', async () => {
  const { pubkeys } = await keystores(1);
  await vigilOk(here('slashing-db', 'import', write('good.json', history(pubkeys[0] ?? '', '3', '4', '40'))));
  const before = await vigilOk(['slashing-db', 'export', '--data-dir', dataDir]);
  const cases: [string, unknown, number, string][] = [
    [
      'future.json',
      history(pubkeys[0] ?? '', '3', '999999999', '40'),
      3,
      '$.data[0].signed_attestations[0].target_epoch',
    ],
    [
      'number.json',
      JSON.stringify(history(pubkeys[0] ?? '', '5', '6', '50')).replace('"50"', '50'),
      1,
      '$.data[0].signed_blocks[0].slot',
    ],
    [
      'truncated.json',
      JSON.stringify(history(pubkeys[0] ?? '', '5', '6', '50')).slice(0, -3),
      1,
      'ends too early',
    ],
    ['empty.json', '', 1, 'ends too early'],
  ];
  for (const [name, content, code, text] of cases) {
    const result = await vigil(here('slashing-db', 'import', write(name, content)));
    expect(result.stderr, name).toContain(text);
    expect(result.code, name).toBe(code);
  }
  expect(await vigilOk(['slashing-db', 'export', '--data-dir', dataDir])).toBe(before);
});

test('an export is never silently empty, and never taken beside a running signer', async () => {
  const missing = await vigil(['slashing-db', 'export', '--data-dir', at('nowhere')]);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toBe('');
  expect(existsSync(at('nowhere'))).toBe(false);

  await vigilOk(here('init'));
  const signer = await SignerProcess.start(dataDir, []);
  try {
    for (const verb of [['export'], ['import', write('empty-history.json', { metadata: {}, data: [] })]]) {
      const beside = await vigil(here('slashing-db', ...verb));
      expect(beside.code).toBe(3);
      expect(beside.stdout).toBe('');
      expect(beside.stderr).toContain(`process ${signer.pid}`);
      expect(beside.stderr).toContain('Stop that process first');
    }
    await vigilOk(['slashing-db', 'status', '--data-dir', dataDir]);
  } finally {
    expect(await signer.stop()).toBe(0);
  }
});

test('init writes a configuration that every later verb finds, and does not overwrite it', async () => {
  await vigilOk(here('init'));
  const check = JSON.parse(await vigilOk(['config', 'check', '--data-dir', dataDir, '--json'])) as {
    network: Record<string, string>;
    settings: { name: string; source: string }[];
  };
  expect(check.network).toMatchObject({
    name: 'vigil-test',
    preset: 'minimal',
    genesisValidatorsRoot: network.spec.genesisValidatorsRoot,
  });
  expect(check.settings.find(({ name }) => name === 'network')?.source).toBe('file');
  const again = await vigil(here('init'));
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('vigil.yaml');
});

test('configuration: flag before environment before file, unknown keys with a suggestion, credentials redacted', async () => {
  writeFileSync(join(dataDir, 'vigil.yaml'), 'network: hoodi\nhttp-port: 9100\nlog-level: warn\n');
  const env = { VIGIL_HTTP_PORT: '9200', VIGIL_LOG_LEVEL: 'error' };
  const result = await vigil(
    ['config', 'check', '--json', '--data-dir', dataDir, '--log-level', 'debug'],
    env,
  );
  const { settings, network: named } = JSON.parse(result.stdout) as {
    settings: { name: string; value: string; source: string }[];
    network: { name: string };
  };
  const setting = (name: string) => settings.find((one) => one.name === name);
  expect(named.name).toBe('hoodi');
  expect(setting('http-port')).toEqual({ name: 'http-port', value: '9200', source: 'environment' });
  expect(setting('log-level')).toEqual({ name: 'log-level', value: 'debug', source: 'flag' });
  expect(setting('network')?.source).toBe('file');

  const redacted = await vigil(['config', 'check', '--data-dir', dataDir], {
    VIGIL_BEACON_NODE: 'http://user:s3cret@127.0.0.1:1',
  });
  expect(redacted.stdout).toContain('127.0.0.1:1');
  expect(redacted.stdout + redacted.stderr).not.toContain('s3cret');

  writeFileSync(join(dataDir, 'vigil.yaml'), 'netwrok: hoodi\n');
  const misspelt = await vigil(['config', 'check', '--data-dir', dataDir]);
  expect(misspelt.code).toBe(2);
  expect(misspelt.stderr).toContain('did you mean "network"?');
});

test.each([
  [['nonsense'], 'unknown command'],
  [['keys', 'import'], '--keystores'],
  [['signer', '--http-prt', '1'], 'http-prt'],
  [['signer', '--http-port', '70000'], '--http-port'],
  [['config', 'check', '--network', 'mainet'], 'mainet'],
  [['config', 'check', '--network', 'ephemery'], '--genesis-validators-root'],
  [['config', 'check', '--genesis-time', '1e3'], '--genesis-time'],
  [['keys', 'new', '--random', '--count', '0'], '--count'],
])('usage error %j exits 2 and names the culprit', async (args, culprit) => {
  const result = await vigil(args);
  expect(result.stderr).toContain(culprit);
  expect(result.code).toBe(2);
});

test('--json makes errors machine-readable', async () => {
  const result = await vigil(['slashing-db', 'export', '--data-dir', at('nowhere'), '--json']);
  expect(JSON.parse(result.stderr)).toMatchObject({ code: 'NOT_INITIALISED' });
});

test.each([
  'init',
  'signer',
  'keys new',
  'keys verify',
  'deposit verify',
  'exit prepare',
  'exit sign',
  'exit broadcast',
  'exit transaction',
  'credentials prepare',
  'credentials set',
  'credentials broadcast',
  'consolidation',
  'keys import',
  'keys list',
  'keys remove',
  'keys freeze',
  'keys unfreeze',
  'keys handover',
  'keys takeover',
  'keys override-floor',
  'slashing-db import',
  'slashing-db export',
  'slashing-db status',
  'slashing-db verify',
  'slashing-db accept-rollback',
  'slashing-db accept-clock',
  'audit verify',
  'audit show',
  'audit export',
  'config check',
  'demo',
])('vigil %s --help has a summary and an example', async (verb) => {
  const { code, stdout } = await vigil([...verb.split(' '), '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
  expect(stdout).toContain('--data-dir');
});
