import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import type { GatedType } from '../../../core/config/gated-types.ts';
import { createLogger } from '../../../core/log/logger.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { blsCredentials } from '../../../key-life/deposit/withdrawal-credentials.ts';
import { KeyTree } from '../../../key-life/derivation/key-tree.ts';
import type { SignedChange, SignedExit } from '../../../key-life/operations/operations-file.ts';
import { parseMnemonic } from '../../../key-life/mnemonic/parse-mnemonic.ts';
import { pubkeyOf } from '../../../signer/keystore/bls-keys.ts';
import type { DevnetBeaconNode as Node } from '../../../devnet/api/beacon-node.ts';
import type { Simulation } from '../../../devnet/simulation/simulation.ts';
import { verifiesAs } from '../../support/bls-oracle.ts';
import { bytes, container, signingRootOf, uint64 } from '../../support/ssz-oracle.ts';
import { runVigil, VigilTerminal, type Ran } from '../support/vigil-terminal.ts';
import { jsonServer } from '../../unit/monitor/execution/json-server.ts';
import { createSimulation, MINIMAL } from '../../unit/devnet/minimal-chain.ts';

const { startSigner } = await import('../../../signer/signer-daemon.ts');
const { DevnetBeaconNode } = await import('../../../devnet/api/beacon-node.ts');

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const ADDRESS = '0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';
// Each answer on a terminal is a start of Vigil, seconds on a busy machine.
vi.setConfig({ testTimeout: 600_000 });
/** Slots so long that the chain stays at the clock while the tests run. */
const SLOT_MS = 3_000_000;
const EPOCHS = 3;
const VALIDATORS = 16;
/** Validators with keys of the mnemonic; 2 has BLS credentials, 3 compounding ones. */
const OURS = [1, 2, 3];
const CHANGES = '/eth/v1/beacon/pool/bls_to_execution_changes';

let tree: KeyTree;
let sim: Simulation;
let node: Node;
let folder: string;
let online: string[];
let offline: string[];
let changes: SignedChange[] = [];

const pubkeyAt = (index: number) => pubkeyOf(tree.validatorKey(index, 'signing'));
const to = (prefix: string) => `0x${prefix}${'00'.repeat(11)}${ADDRESS.slice(2).toLowerCase()}`;

beforeAll(async () => {
  tree = await KeyTree.fromMnemonic(await parseMnemonic(WORDS));
  const slots = EPOCHS * MINIMAL.slotsPerEpoch;
  sim = createSimulation({
    preset: 'minimal',
    validators: VALIDATORS,
    seed: 'exits',
    external: OURS,
    pubkey: (index) => (OURS.includes(index) ? pubkeyAt(index) : undefined),
    withdrawalCredentials: (index) =>
      index === 2
        ? blsCredentials(pubkeyOf(tree.validatorKey(2, 'withdrawal')))
        : to(index === 3 ? '02' : '01'),
    genesisTimeSeconds: Math.floor(Date.now() / 1000) - (slots * SLOT_MS) / 1000,
    rules: { SHARD_COMMITTEE_PERIOD: 2, SLOT_DURATION_MS: SLOT_MS },
  });
  sim.runEpochs(EPOCHS);
  node = new DevnetBeaconNode(sim);
  // The simulated chain takes no changes of credentials: what arrives is looked at by the test.
  node.server.post(CHANGES, ({ body }) => {
    changes.push(...(body as SignedChange[]));
    return null;
  });
  online = ['--beacon-node', await node.listen()];
  folder = mkdtempSync(join(tmpdir(), 'vigil-exits-'));
  const at = (name: string) => join(folder, name);
  writeFileSync(at('password'), 'correct horse', { mode: 0o600 });
  writeFileSync(at('mnemonic'), WORDS, { mode: 0o600 });
  const config = (await (await fetch(`${online[1] ?? ''}/eth/v1/config/spec`)).json()) as {
    data: Record<string, unknown>;
  };
  const lines = Object.entries(config.data).filter(([, value]) => typeof value === 'string');
  writeFileSync(
    at('config.yaml'),
    lines.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join(''),
  );
  const { genesisValidatorsRoot, genesisTimeSeconds } = sim.context.spec;
  offline = [
    ...['--network', 'config.yaml', '--genesis-validators-root', genesisValidatorsRoot],
    ...['--genesis-time', genesisTimeSeconds.toString()],
  ];
  await runVigil(
    [
      ...[
        'keys',
        'new',
        '--mnemonic-file',
        'mnemonic',
        '--start-index',
        '1',
        '--count',
        '3',
        '--kdf',
        'pbkdf2',
      ],
      ...['--password-file', 'password', '--out', 'keys'],
    ],
    folder,
  );
}, 300_000);

afterAll(async () => {
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  changes = [];
  for (const name of readdirSync(folder)) {
    if (/^(prep|signed)/.test(name)) rmSync(join(folder, name));
  }
});

const vigil = (...args: string[]): Promise<Ran> => runVigil([...args, '--json'], folder);
const failed = ({ code, err }: Ran) => ({
  exit: code,
  ...(JSON.parse(err) as { code: string; message: string }),
});
const readOut = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const prepare = (noun: string, ...ids: number[]) =>
  vigil(noun, 'prepare', ...ids.map(String), '--out', 'prep.json', ...online);
const sign = (...more: string[]) =>
  vigil('exit', 'sign', '--preparation', 'prep.json', '--out', 'signed.json', ...offline, ...more);
const broadcast = (noun: string, ...ids: string[]) =>
  vigil(noun, 'broadcast', 'signed.json', '--yes', '--validators', ...ids, ...online);
/** What `prepare` writes of a validator without an activation epoch. */
function waitForActivation(): void {
  const file = readOut('prep.json') as { validators: object[] };
  const pending = { status: 'pending_queued', earliest_exit_epoch: '18446744073709551615' };
  const validators = file.validators.map((one) => ({ ...one, ...pending }));
  writeFileSync(join(folder, 'prep.json'), JSON.stringify({ ...file, validators }));
}
const KEYSTORES = ['--keystores', 'keys', '--password-file', 'password'];
const exits = () => sim.operations.exits.map(({ message }) => message.validatorIndex);

/**
 * A verb in a real terminal: any answer but "yes", Ctrl-C, Ctrl-D and a window that is closed end it, and each time
 * nothing has happened; "yes" lets it go on to a good end.
 */
async function wantsYes(args: string[], consequence: string, untouched: () => void): Promise<void> {
  const before = readdirSync(folder);
  for (const answer of ['y\r', 'YES\r', '\r', 'yes\x03', '\x03', '\x04', null]) {
    const terminal = new VigilTerminal(args, folder);
    await terminal.see(consequence);
    await terminal.see('Type yes to go on: ');
    if (answer === null) terminal.closeWindow();
    else terminal.type(answer);
    const { code, signal } = await terminal.ended();
    expect(code !== 0 || signal !== 0).toBe(true);
    expect(readdirSync(folder)).toEqual(before);
    untouched();
  }
  const terminal = new VigilTerminal(args, folder);
  await terminal.see('Type yes to go on: ');
  terminal.type('yes\r');
  expect(await terminal.ended()).toEqual({ code: 0, signal: 0 });
}

describe('an exit', () => {
  it('is prepared online, signed offline with a keystore, and taken by the chain', async () => {
    expect((await prepare('exit', 1)).code).toBe(0);
    const signed = await sign(...KEYSTORES, '--yes', '--validators', '1');
    expect(signed).toMatchObject({ code: 0 });
    expect(statSync(join(folder, 'signed.json')).mode & 0o777).toBe(0o600);
    const [exit] = readOut('signed.json') as SignedExit[];
    expect(exit?.message).toEqual({ epoch: EPOCHS.toString(), validator_index: '1' });
    const unnamed = await vigil('exit', 'broadcast', 'signed.json', '--yes', ...online);
    expect(failed(unnamed)).toMatchObject({ exit: 2, code: 'BAD_ARGUMENT' });
    const others = await broadcast('exit', '1', '2');
    expect(failed(others)).toMatchObject({ exit: 2, code: 'BAD_ARGUMENT' });
    const unconfirmed = await vigil('exit', 'broadcast', 'signed.json', ...online);
    expect(unconfirmed).toMatchObject({ code: 2, err: expect.stringContaining('for ever') as string });
    expect(exits()).toEqual([]);
    const sent = await broadcast('exit', pubkeyAt(1));
    expect([sent.code, JSON.parse(sent.out)]).toEqual([0, [{ validator: '1', status: 'sent', message: '' }]]);
    expect(exits()).toEqual([1]);
  });

  it('is signed with the mnemonic too, alike', async () => {
    await prepare('exit', 1, 3);
    await sign(...KEYSTORES, '--yes', '--validators', '1', '3');
    const byKeystore = readOut('signed.json');
    rmSync(join(folder, 'signed.json'));
    expect((await sign('--mnemonic-file', 'mnemonic', '--yes', '--validators', '1', '3')).code).toBe(0);
    expect(readOut('signed.json')).toEqual(byKeystore);
  });

  it('wants a typed yes on a terminal; anything else, Ctrl-C or a closed window sign nothing', async () => {
    await prepare('exit', 3);
    const args = [
      'exit',
      'sign',
      '--preparation',
      'prep.json',
      '--out',
      'signed.json',
      ...KEYSTORES,
      ...offline,
    ];
    await wantsYes(args, 'A validator that has left never comes back.', () =>
      expect(readdirSync(folder)).not.toContain('signed.json'),
    );
    expect(readOut('signed.json') as SignedExit[]).toHaveLength(1);
  });

  it.each([
    ['no source', [], 'BAD_ARGUMENT'],
    ['two sources', [...KEYSTORES, '--through-signer'], 'BAD_ARGUMENT'],
    ['other validators than prepared', [...KEYSTORES, '--validators', '4'], 'BAD_ARGUMENT'],
    [
      'no key of it',
      ['--mnemonic-file', 'mnemonic', '--start-index', '5', '--validators', '3'],
      'KEY_NOT_FOUND',
    ],
    [
      'a signer that is nowhere',
      ['--through-signer', '--data-dir', 'nowhere', '--validators', '3'],
      'NOT_INITIALISED',
    ],
  ])('is not signed with %s', async (_, args, code) => {
    await prepare('exit', 3);
    expect(failed(await sign('--yes', ...args))).toMatchObject({ code });
    expect(readdirSync(folder)).not.toContain('signed.json');
  });

  it('is not signed for another network than this one', async () => {
    await prepare('exit', 3);
    const elsewhere = ['--network', 'hoodi', '--yes', '--validators', '3', '--out', 'signed.json'];
    const answer = await vigil('exit', 'sign', '--preparation', 'prep.json', ...KEYSTORES, ...elsewhere);
    expect(failed(answer)).toMatchObject({ exit: 3, code: 'PREPARATION_OTHER_NETWORK' });
  });

  it('is signed by the running signer, which has its own say', async () => {
    const { spec } = sim.context;
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    const imported = await vigil('keys', 'import', ...KEYSTORES, '--data-dir', 'data', ...offline);
    expect(imported.code).toBe(0);
    const start = async (allow: readonly GatedType[]) => {
      const signer = await startSigner({
        ...{ dataDir, spec, httpHost: '127.0.0.1', httpPort: 0, hostAllowlist: [] },
        ...{ metricsHost: '127.0.0.1', metricsPort: 0, beaconNodes: [online[1] ?? ''] },
        guard: { path: databasePath(dataDir), spec, clock: new SlotClock(spec, Date.now) },
        ...{ onMissingHistory: 'floor', doppelgangerEpochs: 0n, log: createLogger('silent') },
        policy: { allow, file: null },
      });
      onTestFinished(() => signer.stop());
      await signer.loaded;
      return signer;
    };
    await prepare('exit', 3);
    const through = ['--through-signer', '--data-dir', 'data', '--yes', '--validators', '3'];
    const unwilling = await start([]);
    expect(failed(await sign(...through))).toMatchObject({ code: 'POLICY_TYPE_NOT_ALLOWED' });
    expect(readdirSync(folder)).not.toContain('signed.json');
    await unwilling.stop();
    await start(['VOLUNTARY_EXIT']);
    expect(await sign(...through)).toMatchObject({ code: 0 });
    const bySigner = readOut('signed.json');
    rmSync(join(folder, 'signed.json'));
    await sign(...KEYSTORES, '--yes', '--validators', '3');
    expect(bySigner).toEqual(readOut('signed.json'));
  });

  it('that the chain would refuse is not sent, and all reasons are told', async () => {
    await prepare('exit', 3);
    await sign(...KEYSTORES, '--yes', '--validators', '3', '--epoch', '1000');
    const early = failed(await broadcast('exit', '3'));
    expect(early).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
    expect(early.message).toContain('from epoch 1000');
    const [exit] = readOut('signed.json') as SignedExit[];
    const forged = { ...exit, message: { epoch: '1', validator_index: '3' } };
    writeFileSync(join(folder, 'signed.json'), JSON.stringify(forged));
    const answer = failed(await broadcast('exit', '3'));
    expect(answer.message).toContain('not that of its key');
    expect(exits()).not.toContain(3);
  });

  it('of a validator that waits for its activation is not signed', async () => {
    await prepare('exit', 3);
    waitForActivation();
    const refused = failed(await sign(...KEYSTORES, '--yes', '--validators', '3'));
    expect(refused).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
    expect(refused.message).toContain('not active yet: 3 (pending_queued)');
    expect(readdirSync(folder)).not.toContain('signed.json');
  });

  it('of a validator that nobody knows is not prepared', async () => {
    expect(failed(await prepare('exit', 99))).toMatchObject({ code: 'BAD_ARGUMENT' });
    expect(readdirSync(folder)).not.toContain('prep.json');
  });
});

describe('credentials', () => {
  const set = (...more: string[]) =>
    vigil(
      ...[
        'credentials',
        'set',
        '--preparation',
        'prep.json',
        '--mnemonic-file',
        'mnemonic',
        '--out',
        'signed.json',
      ],
      ...['--withdrawal-address', ADDRESS, '--yes', '--validators', '2', ...offline, ...more],
    );

  it('are set offline with the withdrawal key, and sent', async () => {
    expect((await prepare('credentials', 2)).code).toBe(0);
    expect((await set()).code).toBe(0);
    expect(statSync(join(folder, 'signed.json')).mode & 0o777).toBe(0o600);
    const [change] = readOut('signed.json') as SignedChange[];
    const { spec } = sim.context;
    const root = container({
      validator_index: uint64,
      from_bls_pubkey: bytes(48),
      to_execution_address: bytes(20),
    }).root({
      ...change!.message,
    });
    const version = `0x${Buffer.from(spec.forks[0]!.version).toString('hex')}`;
    const signingRoot = signingRootOf(root, '0x0a000000', version, spec.genesisValidatorsRoot);
    expect(change?.message).toMatchObject({
      validator_index: '2',
      to_execution_address: ADDRESS.toLowerCase(),
    });
    expect(verifiesAs(pubkeyOf(tree.validatorKey(2, 'withdrawal')), signingRoot, change!.signature)).toBe(
      true,
    );
    const sent = await broadcast('credentials', '2');
    expect([sent.code, changes]).toEqual([0, [change]]);
  });

  it('are set also while the validator waits for its activation', async () => {
    await prepare('credentials', 2);
    waitForActivation();
    expect((await set()).code).toBe(0);
  });

  it('are neither set nor sent before a typed yes', async () => {
    await prepare('credentials', 2);
    const args = ['--preparation', 'prep.json', '--mnemonic-file', 'mnemonic', '--out', 'signed.json'];
    await wantsYes(
      ['credentials', 'set', ...args, '--withdrawal-address', ADDRESS, ...offline],
      'The chain takes this once for each validator.',
      () => expect(readdirSync(folder)).not.toContain('signed.json'),
    );
    expect(statSync(join(folder, 'signed.json')).mode & 0o777).toBe(0o600);
    await wantsYes(['credentials', 'broadcast', 'signed.json', ...online], ADDRESS, () =>
      expect(changes).toEqual([]),
    );
    expect(changes).toHaveLength(1);
  });

  it('that are set already cannot be', async () => {
    await prepare('credentials', 1);
    expect(failed(await set('--validators', '1'))).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
  });

  it('of another mnemonic are not found', async () => {
    await prepare('credentials', 2);
    expect(failed(await set('--start-index', '3', '--search', '10'))).toMatchObject({
      code: 'KEY_NOT_FOUND',
    });
    expect(readdirSync(folder)).not.toContain('signed.json');
  });

  it('that were changed on the way are not sent', async () => {
    await prepare('credentials', 2);
    await set();
    const [change] = readOut('signed.json') as SignedChange[];
    const message = { ...change!.message, to_execution_address: `0x${'66'.repeat(20)}` };
    writeFileSync(join(folder, 'signed.json'), JSON.stringify([{ ...change, message }]));
    const answer = await broadcast('credentials', '2');
    expect(failed(answer)).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
    expect(changes).toEqual([]);
  });
});

describe('requests of the execution layer', () => {
  it('are told with the fee that the contract answers and the address that must send them', async () => {
    const asked: { method: string; params: unknown[] }[] = [];
    const { url } = await jsonServer((body) => {
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
      asked.push({ method, params });
      const result = method === 'eth_chainId' ? '0x539' : `0x${'00'.repeat(31)}07`;
      return { jsonrpc: '2.0', id, result };
    });
    const answer = await vigil('exit', 'transaction', pubkeyAt(3), '--execution-node', url, ...online);
    expect(JSON.parse(answer.out)).toEqual({
      from: ADDRESS,
      to: '0x00000961Ef480Eb55e80D19ad83579A64c007002',
      data: `${pubkeyAt(3)}0000000000000000`,
      value: '7',
      chainId: '1337',
    });
    expect(asked[1]).toEqual({
      method: 'eth_call',
      params: [{ to: '0x00000961ef480eb55e80d19ad83579a64c007002', data: '0x' }, 'latest'],
    });
  });

  it('are made without any node, in words that say what is not known', async () => {
    const { out, code } = await runVigil(
      ['consolidation', '--source', pubkeyAt(1), '--target', pubkeyAt(3)],
      folder,
    );
    expect(code).toBe(0);
    expect(out).toContain(`data   ${pubkeyAt(1)}${pubkeyAt(3).slice(2)}`);
    expect(out).toContain('to     0x0000BBdDc7CE488642fb579F8B00f3a590007251');
    expect(out).toContain('eth_call');
    expect(out).toContain('The chain follows it only if:');
    for (const condition of [
      '0x01 or 0x02',
      'the target has 0x02',
      'both are active',
      'no partial withdrawal',
    ])
      expect(out).toContain(condition);
  });

  it.each([
    [
      'a target that is not compounding',
      ['consolidation', '--source', '3', '--target', '1'],
      'not compounding',
    ],
    ['a source without an address', ['consolidation', '--source', '2', '--target', '3'], 'name no address'],
    ['one that is compounding already', ['consolidation', '--source', '3'], 'compounding already'],
    ['an exit without an address', ['exit', 'transaction', '2'], 'name no address'],
    [
      'a part of one that is not compounding',
      ['exit', 'transaction', '1', '--amount-gwei', '1000000000'],
      'only a compounding',
    ],
    ['a part of nothing', ['exit', 'transaction', '3', '--amount-gwei', '0'], 'whole exit'],
  ])('that would be passed over are refused: %s', async (_, args, said) => {
    const withKeys = args.map((arg) => (/^[123]$/.test(arg) ? pubkeyAt(Number(arg)) : arg));
    const answer = failed(await vigil(...withKeys, ...online));
    expect(answer).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
    expect(answer.message).toContain(said);
  });
});

// At the end: from here on validator 3 is leaving.
describe('a signed exit', () => {
  it('is not sent before a typed yes', async () => {
    await prepare('exit', 3);
    expect((await sign('--yes', '--validators', '3', ...KEYSTORES)).code).toBe(0);
    const sent = exits().length;
    await wantsYes(['exit', 'broadcast', 'signed.json', ...online], 'This cannot be taken back.', () =>
      expect(exits()).toHaveLength(sent),
    );
    expect(exits()).toHaveLength(sent + 1);
  });
});

// And validator 1 is: it was sent first.
describe('a list that was sent in part', () => {
  it('of exits can be sent again: who leaves already is skipped and told', async () => {
    // One slot takes it in; after a second one the node would be ahead of the clock.
    sim.runSlot();
    await prepare('exit', 1, 2);
    expect((await sign('--yes', '--validators', '1', '2', ...KEYSTORES)).code).toBe(0);
    const again = ['exit', 'broadcast', 'signed.json', '--yes', '--validators', '1', '2', ...online];
    const { code, out, err } = await vigil(...again);
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('Takes 2') as string });
    expect(JSON.parse(out)).toEqual([
      {
        ...{ validator: '1', status: 'skipped' },
        message: expect.stringMatching(/^it leaves already \(active_exiting, /) as string,
      },
      { validator: '2', status: 'sent', message: '' },
    ]);
    expect(exits().filter((index) => index === 2)).toHaveLength(1);
  });

  it('of exits is done when all leave: nothing is asked and nothing sent', async () => {
    await prepare('exit', 1);
    await sign('--yes', '--validators', '1', ...KEYSTORES);
    const before = exits();
    const { code, out } = await vigil('exit', 'broadcast', 'signed.json', ...online);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ validator: '1', status: 'skipped' }]);
    expect(exits()).toEqual(before);
  });

  const changeTo = (address: string) => ({
    message: {
      validator_index: '1',
      from_bls_pubkey: pubkeyOf(tree.validatorKey(1, 'withdrawal')),
      to_execution_address: address,
    },
    signature: `0x${'c0'.padEnd(192, '0')}`,
  });

  it('of changes can be sent again; another address than the one that is set is refused', async () => {
    await prepare('credentials', 2);
    const set = ['--mnemonic-file', 'mnemonic', '--withdrawal-address', ADDRESS, '--out', 'signed.json'];
    const yes = ['--yes', '--validators', '2'];
    await vigil('credentials', 'set', '--preparation', 'prep.json', ...set, ...yes, ...offline);
    const [fresh] = readOut('signed.json') as SignedChange[];
    const both = () => broadcast('credentials', '1', '2');

    writeFileSync(join(folder, 'signed.json'), JSON.stringify([changeTo(ADDRESS), fresh]));
    const { code, out } = await both();
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { validator: '1', status: 'skipped', message: `its withdrawals go to ${ADDRESS} already` },
      { validator: '2', status: 'sent' },
    ]);
    expect(changes).toEqual([fresh]);

    changes = [];
    writeFileSync(join(folder, 'signed.json'), JSON.stringify([changeTo(`0x${'66'.repeat(20)}`), fresh]));
    expect(failed(await both())).toMatchObject({ exit: 3, code: 'OPERATION_REFUSED' });
    expect(changes).toEqual([]);
  });
});
