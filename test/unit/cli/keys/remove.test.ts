import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { toHex } from '../../../../core/hex.ts';
import { bytesOf, type Pubkey } from '../../../../core/units.ts';
import { runVigil } from '../../../support/run-vigil.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { NETWORK } from '../../../support/signer-network.ts';
import { cheapKeystore } from '../../signer/keystore/cheap-keystore.ts';
import { tempFolder } from '../migrate/web3signer/temp-folder.ts';

// Each run is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const PASSWORD = 'correct horse battery';
const STRANGER = `0x${'ab'.repeat(48)}`;

/** The network of the daemons that tests start, for the command line. */
const NETWORK_FILE = [
  `PRESET_BASE: ${NETWORK.presetBase}`,
  `SLOT_DURATION_MS: ${NETWORK.slotDurationMs}`,
  ...NETWORK.forks.flatMap(({ name, version, epoch }) => [
    `${name === 'phase0' ? 'GENESIS' : name.toUpperCase()}_FORK_VERSION: ${toHex(version)}`,
    ...(name === 'phase0' ? [] : [`${name.toUpperCase()}_FORK_EPOCH: ${epoch.toString()}`]),
  ]),
].join('\n');

/** A data directory with two keys. */
async function place() {
  const { at, write } = tempFolder();
  const dataDir = at('data');
  mkdirSync(dataDir);
  const network = [
    ...['--network', write('config.yaml', NETWORK_FILE), '--genesis-time', `${NETWORK.genesisTimeSeconds}`],
    ...['--genesis-validators-root', NETWORK.genesisValidatorsRoot],
  ];
  const keys = (verb: string, ...args: string[]) =>
    runVigil(['keys', verb, '--data-dir', dataDir, ...network, '--json', ...args]);
  const pubkeys: Pubkey[] = [];
  for (const name of ['in/a.json', 'in/b.json']) {
    const made = await cheapKeystore(PASSWORD);
    write(name, made.keystore);
    pubkeys.push(made.pubkey);
  }
  const password = write('password.txt', PASSWORD);
  const brought = ['--keystores', at('in'), '--password-file', password, '--key-cache', 'off'];
  expect((await keys('import', ...brought)).code).toBe(0);
  const listed = async () =>
    Object.fromEntries(
      (JSON.parse((await keys('list')).stdout) as { pubkey: Pubkey; state: string }[]).map(
        ({ pubkey, state }) => [pubkey, state],
      ),
    );
  const loseKeystore = (pubkey: Pubkey): void => rmSync(join(dataDir, 'keys', `${pubkey}.json`));
  const historyIn = (path: string): string[] =>
    (JSON.parse(readFileSync(path, 'utf8')) as { data: { pubkey: string }[] }).data.map(
      ({ pubkey }) => pubkey,
    );
  const [one, other] = pubkeys as [Pubkey, Pubkey];
  return { at, dataDir, keys, one, other, listed, loseKeystore, historyIn };
}

test('a history that cannot be written is told before anything ends', async () => {
  const { at, dataDir, keys, one, listed } = await place();
  for (const [out, why] of [
    [at('nowhere/moved.json'), 'cannot be written'],
    [join(dataDir, 'keys', `${one}.json`), 'is there already'],
  ] as const) {
    const { code, stderr } = await keys('remove', one, '--out', out, '--yes');
    expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  }
  expect(await listed()).toMatchObject({ [one]: 'active' });
  expect(existsSync(join(dataDir, 'keys', `${one}.json`))).toBe(true);
});

test('a key that the database lets sign is removed without a keystore, one that nobody knows is not', async () => {
  const { at, dataDir, keys, one, other, listed, loseKeystore, historyIn } = await place();
  loseKeystore(one);
  const refused = await keys('remove', one, STRANGER, '--out', at('moved.json'), '--yes');
  expect([refused.code, JSON.parse(refused.stderr)]).toMatchObject([2, { code: 'BAD_ARGUMENT' }]);
  expect(refused.stderr).toContain(STRANGER);
  expect(refused.stderr).not.toContain(one);
  expect(existsSync(at('moved.json'))).toBe(false);
  expect(await listed()).toEqual({ [one]: 'active', [other]: 'active' });

  const asked = await keys('remove', one);
  expect(asked.stderr).toContain('1 of them have no keystore');
  expect(asked.code).toBe(2);
  const removed = await keys('remove', one, '--out', at('moved.json'), '--yes');
  expect([removed.code, JSON.parse(removed.stdout)]).toEqual([0, [{ pubkey: one, status: 'deleted' }]]);
  expect(await listed()).toEqual({ [one]: 'deleted', [other]: 'active' });
  expect(historyIn(at('moved.json'))).toEqual([one]);

  // Nor does it take the folder of the keystores, as where its volume is not mounted.
  rmSync(join(dataDir, 'keys'), { recursive: true });
  expect((await keys('remove', other, '--yes')).code).toBe(0);
  expect(await listed()).toEqual({ [one]: 'deleted', [other]: 'deleted' });
  // Once is enough.
  expect((await keys('remove', other, '--yes')).code).toBe(2);
});

test('through the running signer: keys that vanished are ended, and with them that state', async () => {
  const { at, dataDir, keys, one, other, listed, loseKeystore, historyIn } = await place();
  const signer = await startDaemon(dataDir);
  const health = async () => (await fetch(`http://127.0.0.1:${signer.ports.http}/healthcheck`)).status;
  const loaded = async () =>
    await (await fetch(`http://127.0.0.1:${signer.ports.http}/api/v1/eth2/publicKeys`)).json();
  expect([await health(), await loaded()]).toEqual([200, [one, other].sort()]);
  loseKeystore(one);
  loseKeystore(other);
  expect((await keys('reload')).stderr).toContain('SOME_KEYS_FAILED');
  expect([await health(), await loaded()]).toEqual([503, []]);

  const unknown = await keys('remove', STRANGER, '--yes');
  expect([unknown.code, JSON.parse(unknown.stderr)]).toMatchObject([2, { code: 'BAD_ARGUMENT' }]);
  const removed = await keys('remove', one, other, '--out', at('moved.json'), '--yes');
  expect([removed.code, removed.stderr]).toEqual([0, '']);
  expect(await listed()).toEqual({ [one]: 'deleted', [other]: 'deleted' });
  expect(historyIn(at('moved.json')).sort()).toEqual([one, other].sort());
  expect((await keys('reload')).code).toBe(0);
  // Without keys there is nothing to be ill of.
  expect(await health()).toBe(200);
});

test('through the running signer: a key that signs stops at once', async () => {
  const { dataDir, keys, one, other } = await place();
  const signer = await startDaemon(dataDir);
  expect((await keys('remove', one, '--yes')).code).toBe(0);
  expect(await (await fetch(`http://127.0.0.1:${signer.ports.http}/api/v1/eth2/publicKeys`)).json()).toEqual([
    other,
  ]);
  expect(existsSync(join(dataDir, 'keys', `${one}.json`))).toBe(false);
});

test('of a stopped signer leaves the other keys in the cache, and no cache of a source that may have the key', async () => {
  const { at, dataDir, keys, one, other } = await place();
  const cache = join(dataDir, 'key-cache.sealed');
  const { keystore, pubkey } = await cheapKeystore(PASSWORD);
  writeFileSync(at('in/c.json'), JSON.stringify(keystore));
  for (const added of [one, other]) rmSync(join(dataDir, 'keys', `${added}.json`));
  const password = at('password.txt');
  expect((await keys('import', '--keystores', at('in'), '--password-file', password)).code).toBe(0);
  const holds = (key: Pubkey): boolean => readFileSync(cache).includes(Buffer.from(bytesOf(key)));
  expect([one, other, pubkey].map(holds)).toEqual([true, true, true]);
  const ofSource = join(dataDir, 'key-cache-0123456789abcdef.sealed');
  writeFileSync(ofSource, 'nobody can tell what is in it', { mode: 0o600 });
  expect((await keys('remove', one, '--yes')).code).toBe(0);
  expect([one, other, pubkey].map(holds)).toEqual([false, true, true]);
  expect(existsSync(ofSource)).toBe(false);
  const opened = { cold: 0 };
  const onKeyProgress = (_done: number, _total: number, cold: number): void => void (opened.cold = cold);
  const signer = await startDaemon(dataDir, { keyCache: true, onKeyProgress });
  expect((await signer.loaded).loaded).toBe(2);
  expect(opened.cold).toBe(0);
});
