import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runVigil, type Ran } from '../support/vigil-terminal.ts';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const ADDRESS = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-keys-new-'));
  write('password', 'correct horse\n');
  write('mnemonic', `${WORDS}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o600 });
}

const vigil = (...args: string[]): Promise<Ran> => runVigil(args, folder);
const keysNew = (...more: string[]): Promise<Ran> =>
  vigil('keys', 'new', '--kdf', 'pbkdf2', '--data-dir', 'data', '--network', 'hoodi', ...more);
const INTO = ['--password-file', 'password', '--out', 'keys'];
const FROM_FILE = ['--mnemonic-file', 'mnemonic', ...INTO];

describe('without a terminal', () => {
  it.each([
    [['--withdrawal-address', ADDRESS], 'TERMINAL_NEEDED'],
    [['--language', 'czech'], 'TERMINAL_NEEDED'],
    [['--mnemonic-prompt', '--start-index', '0', ...INTO], 'TERMINAL_NEEDED'],
    [['--random', '--start-index', '0'], 'BAD_ARGUMENT'],
    [['--random', '--mnemonic-out', 'new'], 'BAD_ARGUMENT'],
    [[...FROM_FILE], 'BAD_ARGUMENT'],
    [[...FROM_FILE, '--start-index', '4294967296'], 'BAD_ARGUMENT'],
    [[...FROM_FILE, '--start-index', '0', '--mnemonic-prompt'], 'BAD_ARGUMENT'],
    [[...FROM_FILE, '--start-index', '0', '--mnemonic-out', 'new'], 'BAD_ARGUMENT'],
    [[...FROM_FILE, '--start-index', '0', '--compounding'], 'BAD_ARGUMENT'],
    [[...FROM_FILE, '--start-index', '0', '--amount', '32'], 'BAD_ARGUMENT'],
    [
      [...FROM_FILE, '--start-index', '0', '--bls-withdrawal', '--withdrawal-address', ADDRESS],
      'BAD_ARGUMENT',
    ],
    [
      [...FROM_FILE, '--start-index', '0', '--withdrawal-address', ADDRESS.slice(0, -1)],
      'WITHDRAWAL_ADDRESS_INVALID',
    ],
    [
      [...FROM_FILE, '--start-index', '0', '--withdrawal-address', ADDRESS, '--amount', '33'],
      'DEPOSIT_AMOUNT_INVALID',
    ],
    [[...FROM_FILE, '--start-index', '0', '--language', 'french'], 'MNEMONIC_INVALID'],
    [['--mnemonic-file', 'mnemonic', '--start-index', '0', '--out', 'keys'], 'BAD_ARGUMENT'],
    [['--mnemonic-out', 'mnemonic', ...INTO], 'BAD_ARGUMENT'],
    [[], 'TERMINAL_NEEDED'],
    [INTO, 'TERMINAL_NEEDED'],
  ])('%j makes nothing', async (args, code) => {
    const before = readdirSync(folder);
    const { err, code: exit } = await keysNew(...args, '--json');
    expect(JSON.parse(err)).toMatchObject({ code });
    expect(exit).toBe(2);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(join(folder, 'mnemonic'), 'utf8')).toBe(`${WORDS}\n`);
  });

  it('a mnemonic that others may read is not read', async () => {
    chmodSync(join(folder, 'mnemonic'), 0o644);
    const { err, code } = await keysNew(...FROM_FILE, '--start-index', '0', '--json');
    expect([code, JSON.parse(err)]).toMatchObject([3, { code: 'KEY_FILE_EXPOSED' }]);
    expect(existsSync(join(folder, 'keys'))).toBe(false);
  });

  it('keys are random when that is said', async () => {
    const made = await Promise.all(
      ['a', 'b'].map((out) => keysNew('--random', '--password-file', 'password', '--out', out, '--json')),
    );
    const [one, other] = made.map(({ out }) => JSON.parse(out) as { pubkeys: string[] });
    expect(one?.pubkeys).toHaveLength(1);
    expect(one?.pubkeys).not.toEqual(other?.pubkeys);
    expect(readdirSync(join(folder, 'a'))).toEqual([`keystore-${one!.pubkeys[0]!}.json`]);
  });
});

interface Made {
  readonly pubkeys: string[];
  readonly keys: { index: number; path: string; status: string; file: string }[];
  readonly depositData: string | null;
}

describe('of a mnemonic in a file', () => {
  it('a run is repeated and goes on where it was, with the same keys', async () => {
    const first = JSON.parse(
      (await keysNew(...FROM_FILE, '--start-index', '0', '--count', '2', '--json')).out,
    ) as Made;
    const again = JSON.parse(
      (
        await keysNew(
          ...FROM_FILE,
          '--start-index',
          '1',
          '--count',
          '2',
          '--withdrawal-address',
          ADDRESS,
          '--json',
        )
      ).out,
    ) as Made;
    expect(first.depositData).toBeNull();
    expect(again.keys.map(({ index, status }) => [index, status])).toEqual([
      [1, 'there already'],
      [2, 'made'],
    ]);
    expect(again.pubkeys[0]).toBe(first.pubkeys[1]);
    const verified = await vigil(
      'keys',
      'verify',
      '--keystores',
      'keys',
      '--password-file',
      'password',
      '--mnemonic-file',
      'mnemonic',
      '--json',
    );
    expect(verified.code).toBe(0);
    expect(JSON.parse(verified.out)).toMatchObject(
      [0, 1, 2].map((index) => ({ path: `m/12381/3600/${index}/0/0`, problems: [] })),
    );
    const deposits = await vigil('deposit', 'verify', again.depositData!, '--network', 'hoodi');
    expect([deposits.code, deposits.out]).toEqual([0, expect.stringContaining(`${ADDRESS} (0x01)`)]);
    const elsewhere = await vigil('deposit', 'verify', again.depositData!, '--network', 'mainnet');
    expect([elsewhere.code, elsewhere.out]).toEqual([3, expect.stringContaining('fork_version')]);
    const others = `0x${'11'.repeat(20)}`;
    const stolen = await vigil(
      'deposit',
      'verify',
      again.depositData!,
      '--network',
      'hoodi',
      '--withdrawal-address',
      others,
    );
    expect([stolen.code, stolen.out]).toEqual([3, expect.stringContaining(`do not go to ${others}`)]);
  });

  it('another password than the folder has is told before anything is made', async () => {
    await keysNew(...FROM_FILE, '--start-index', '0');
    write('password', 'another one');
    const { err, code } = await keysNew(...FROM_FILE, '--start-index', '0', '--json');
    expect([code, JSON.parse(err)]).toMatchObject([1, { code: 'KEYSTORE_WRONG_PASSWORD' }]);
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(1);
  });

  it.each([
    [['--bls-withdrawal'], /^00/, 32e9],
    [['--withdrawal-address', ADDRESS, '--compounding', '--amount', '64.5'], /^02/, 64.5e9],
    [['--withdrawal-address', ADDRESS.toLowerCase()], /^01/, 32e9],
  ])('deposits %j', async (args, credentials, amount) => {
    const { out } = await keysNew(...FROM_FILE, '--start-index', '7', ...args, '--json');
    const { depositData } = JSON.parse(out) as Made;
    const [deposit] = JSON.parse(readFileSync(join(folder, depositData!), 'utf8')) as [
      { withdrawal_credentials: string; amount: number; network_name: string },
    ];
    expect(deposit).toMatchObject({ amount, network_name: 'hoodi' });
    expect(deposit.withdrawal_credentials).toMatch(credentials);
    expect((await vigil('deposit', 'verify', depositData!, '--network', 'hoodi')).code).toBe(0);
  });

  it('a passphrase gives other keys', async () => {
    write('passphrase', 'TREZOR\n');
    const key = async (...more: string[]) =>
      (JSON.parse((await keysNew(...FROM_FILE, '--start-index', '0', ...more, '--json')).out) as Made)
        .pubkeys;
    const plain = await key();
    expect(await key('--mnemonic-passphrase-file', 'passphrase')).not.toEqual(plain);
  });
});

it.each([
  ['is not there', 'data-dir: there is no folder', () => undefined],
  [
    'belongs to something else',
    'a folder of something else',
    () => mkdirSync(join(folder, 'data', 'www'), { recursive: true }),
  ],
])('a data directory that %s gets no keys', async (_what, message, prepare) => {
  prepare();
  const before = readdirSync(folder, { recursive: true });
  const random = await keysNew('--random', '--json');
  const old = await keysNew('--mnemonic-file', 'mnemonic', '--start-index', '0', '--json');
  const at = ['--data-dir', 'data', '--network', 'hoodi', '--json'];
  await keysNew(...FROM_FILE, '--start-index', '0');
  const imported = await vigil('keys', 'import', '--keystores', 'keys', '--password-file', 'password', ...at);
  rmSync(join(folder, 'keys'), { recursive: true });
  for (const { err, code } of [random, old, imported]) {
    expect([code, JSON.parse(err)]).toMatchObject([1, { code: 'NOT_INITIALISED' }]);
    expect(err).toContain(message);
    expect(err).toContain('vigil init');
  }
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
});

describe('a second deposit for the same validators', () => {
  const deposits = (...more: string[]) =>
    keysNew(...FROM_FILE, '--withdrawal-address', ADDRESS, '--json', ...more);
  const files = (): string[] =>
    readdirSync(join(folder, 'keys')).filter((name) => name.startsWith('deposit_data'));

  it('is made only for who confirms it', async () => {
    expect((await deposits('--start-index', '0', '--count', '2')).code).toBe(0);
    const again = await deposits('--start-index', '1', '--count', '2');
    expect(again.code).toBe(2);
    expect(again.err).toContain('CONFIRMATION_NEEDED');
    expect(again.err).toContain('has deposits for 1 of these 2 validators');
    expect(readdirSync(join(folder, 'keys'))).toHaveLength(3);
    expect((await deposits('--start-index', '2')).code).toBe(0);
    expect(files()).toHaveLength(2);
    expect((await deposits('--start-index', '1', '--count', '2', '--yes')).code).toBe(0);
    expect(files()).toHaveLength(3);
  });

  it('may be in a file that cannot be read', async () => {
    expect((await deposits('--start-index', '0')).code).toBe(0);
    write(join('keys', files()[0]!), '[{"pubkey":');
    const again = await deposits('--start-index', '5');
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('cannot be read')]);
  });
});

it('a data directory that cannot be used is told before a mnemonic is made', async () => {
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  expect((await keysNew('--random')).code).toBe(0);
  const { code, err } = await vigil(
    ...['keys', 'new', '--kdf', 'pbkdf2', '--data-dir', 'data', '--network', 'mainnet'],
    ...['--mnemonic-out', 'new', '--json'],
  );
  expect(code).not.toBe(0);
  expect(err).toContain('DB_');
  expect(readdirSync(folder)).not.toContain('new');
});

it('a new mnemonic goes to the file that is named, and nowhere else', async () => {
  const made = await keysNew(
    '--mnemonic-out',
    'new',
    '--language',
    'japanese',
    '--password-file',
    'password',
    '--out',
    'keys',
    '--json',
  );
  expect(made.code).toBe(0);
  const text = readFileSync(join(folder, 'new'), 'utf8');
  expect(text.trim().split('\u3000')).toHaveLength(24);
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o600);
  expect(made.out + made.err).not.toContain(text.slice(0, 6));
  const args = [
    '--mnemonic-file',
    'new',
    '--start-index',
    '0',
    '--password-file',
    'password',
    '--out',
    'keys',
    '--json',
  ];
  const again = await keysNew(...args);
  expect((JSON.parse(again.out) as Made).keys.map(({ status }) => status)).toEqual(['there already']);
});

describe('keys verify', () => {
  it('of the data directory opens every key with its own password', async () => {
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    await keysNew('--random', '--count', '2');
    const { out, code } = await vigil('keys', 'verify', '--data-dir', 'data', '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(out) as { file: string; pubkey: string }[];
    expect(rows).toHaveLength(2);
    write(join('data', 'secrets', rows[0]!.pubkey), 'wrong');
    const after = await vigil('keys', 'verify', '--data-dir', 'data', '--json');
    expect(after.code).toBe(3);
    expect(JSON.parse(after.out)).toMatchObject([
      { problems: [expect.stringContaining('KEYSTORE_WRONG_PASSWORD')] },
      { problems: [] },
    ]);
  });

  it('tells of one key in two files', async () => {
    await keysNew(...FROM_FILE, '--start-index', '0');
    const [name] = readdirSync(join(folder, 'keys'));
    write(join('keys', 'keystore-copy.json'), readFileSync(join(folder, 'keys', name!), 'utf8'));
    const { out, code } = await vigil('keys', 'verify', '--keystores', 'keys', '--password-file', 'password');
    expect(code).toBe(3);
    expect(out.match(/has the same key/g)).toHaveLength(2);
  });
});
