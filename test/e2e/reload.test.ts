import { once } from 'node:events';
import { rename, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

let network: TestNetwork;
let dataDir: string;
let pubkeys: string[];
let signer: SignerProcess;

const file = (pubkey = ''): string => join(dataDir, 'keys', `${pubkey}.json`);
const away = (pubkey = ''): string => `${file(pubkey)}.away`;

async function keysOf(url: string): Promise<string[]> {
  return (await (await fetch(`${url}/api/v1/eth2/publicKeys`)).json()) as string[];
}

beforeEach(async () => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  pubkeys = await newKeys(dataDir, network.flags, 2);
  signer = await SignerProcess.start(dataDir, [...network.flags, '--on-missing-history', 'trust']);
});

afterEach(async () => {
  await signer.kill();
  await rm(network.folder, { recursive: true, force: true });
});

test('vigil keys reload takes a key out whose file is gone and brings it back where it was', async () => {
  const [gone = '', kept] = pubkeys;
  const bodies = new DutyBodies(network.spec);
  expect((await signer.sign(gone, bodies.attestation(4n, 5n))).status).toBe(200);
  await rename(file(gone), away(gone));
  expect(await vigilOk(['keys', 'reload', '--data-dir', dataDir])).toBe('reloaded: 1 key(s) can sign now\n');
  expect(await keysOf(signer.url)).toEqual([kept]);
  expect((await signer.sign(gone, bodies.attestation(5n, 6n))).status).toBe(404);

  await rename(away(gone), file(gone));
  const result: unknown = JSON.parse(await vigilOk(['keys', 'reload', '--json', '--data-dir', dataDir]));
  expect(result).toMatchObject({ status: 'completed', keys: 2 });
  expect((await signer.sign(gone, bodies.attestation(3n, 5n))).status).toBe(412);
  expect((await signer.sign(gone, bodies.attestation(5n, 6n))).status).toBe(200);
});

test('vigil keys reload fails when keystores do not open, and when there is no signer', async () => {
  const [gone = ''] = pubkeys;
  await rename(file(gone), away(gone));
  await vigilOk(['keys', 'reload', '--data-dir', dataDir]);
  await rename(away(gone), file(gone));
  await rm(join(dataDir, 'secrets', gone));
  const failed = await vigil(['keys', 'reload', '--data-dir', dataDir]);
  expect(failed).toMatchObject({ code: 1, stdout: 'reloaded: 1 key(s) can sign now\n' });
  expect(failed.stderr).toContain('1 signer loading error');

  await rename(join(dataDir, 'keys'), join(dataDir, 'elsewhere'));
  const unreadable = await vigil(['keys', 'reload', '--json', '--data-dir', dataDir]);
  expect(unreadable).toMatchObject({ code: 1, stdout: '' });
  expect(JSON.parse(unreadable.stderr)).toMatchObject({ code: 'RELOAD_FAILED' });
  expect(await keysOf(signer.url)).toHaveLength(1);

  expect(await signer.stop()).toBe(0);
  const alone = await vigil(['keys', 'reload', '--json', '--data-dir', dataDir]);
  expect(JSON.parse(alone.stderr)).toMatchObject({ code: 'SIGNER_NOT_REACHED' });
});

test('vigil keys reload fails when a key source does, names it, and leaves the keys as they are', async () => {
  await signer.stop();
  const sources = join(network.folder, 'sources.yaml');
  await writeFile(sources, 'sources:\n  - {type: teku, path: not-there}\n');
  signer = await SignerProcess.start(dataDir, [...network.flags, '--key-sources', sources]);
  const { code, stdout, stderr } = await vigil(['keys', 'reload', '--json', '--data-dir', dataDir]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'completed_with_errors', keys: 2 });
  expect(JSON.parse(stderr)).toMatchObject({
    code: 'SOME_KEYS_FAILED',
    message: 'teku 1: KEY_FILE_MISSING; see the log of the signer',
  });
});

test('SIGHUP reloads the keys of a daemon, also through the launcher, and does not end it', async () => {
  const [gone, kept] = pubkeys;
  await rename(file(gone), away(gone));
  process.kill(signer.pid, 'SIGHUP');
  await expect.poll(() => keysOf(signer.url), { timeout: 30_000 }).toEqual([kept]);
  await signer.stop();

  const args = [LAUNCHER, 'signer', '--data-dir', dataDir, '--http-port', '0', ...network.flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  try {
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    await expect.poll(() => output, { timeout: 60_000 }).toContain('signer is listening');
    await rename(away(gone), file(gone));
    child.kill('SIGHUP');
    await expect.poll(() => output, { timeout: 30_000 }).toContain('keys reloaded');
    expect(output).toContain('"added":1');
  } finally {
    child.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

test('a command line of Web3Signer is answered with what it is here', async () => {
  const words = ['--http-listen-port=9000', '--key-store-path', '/keys', 'eth2', '--network', 'mainnet'];
  const { code, stdout, stderr } = await vigil(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('--http-listen-port of Web3Signer: --http-port\n');
  expect(stderr).toContain('--key-store-path of Web3Signer: keys are in the data directory');
  expect(stderr).toContain('eth2 of Web3Signer: `vigil signer`');
});
