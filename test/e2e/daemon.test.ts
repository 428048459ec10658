import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

let network: TestNetwork;
let dataDir: string;
let pubkey: string;
let signer: SignerProcess | null;

beforeEach(async () => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  signer = null;
  [pubkey = ''] = await newKeys(dataDir, network.flags);
});

afterEach(async () => {
  await signer?.kill();
  rmSync(network.folder, { recursive: true, force: true });
});

const start = (...flags: string[]) => SignerProcess.start(dataDir, [...network.flags, ...flags]);

test('writes its ports, serves both, and on SIGTERM removes them and exits 0', async () => {
  signer = await start();
  expect((await fetch(`${signer.url}/upcheck`)).status).toBe(200);
  expect(await (await fetch(`${signer.url}/api/v1/eth2/publicKeys`)).json()).toEqual([pubkey]);
  expect(await (await fetch(`${signer.metricsUrl}/metrics`)).text()).toContain('vigil_signer_keys_loaded 1');
  expect(await signer.stop()).toBe(0);
  expect(existsSync(join(dataDir, 'vigil.ports'))).toBe(false);
});

test('everything private is readable by its owner only', async () => {
  signer = await start();
  for (const name of [
    'api-token.txt',
    'slashing-protection.sqlite',
    `keys/${pubkey}.json`,
    `secrets/${pubkey}`,
  ]) {
    expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
  }
  for (const name of ['', 'keys', 'secrets']) {
    expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o700);
  }
  const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
  const password = readFileSync(join(dataDir, 'secrets', pubkey), 'utf8').trim();
  await signer.sign(pubkey, { type: 'nonsense' });
  for (const secret of [token, password]) expect(signer.output).not.toContain(secret);
});

test('SIGTERM lets a request under way finish', async () => {
  signer = await start('--on-missing-history', 'trust');
  const body = JSON.stringify(new DutyBodies(network.spec).attestation(4n, 5n));
  const { port } = new URL(signer.url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  // The first half of the request is in, the signal comes, then the rest.
  const head = `POST /api/v1/eth2/sign/${pubkey} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 50));
  // A second connection's answer tells that the server has read what came before it.
  await fetch(`${signer.url}/upcheck`);
  const stopped = signer.stop();
  socket.setEncoding('utf8').write(body.slice(50));
  const [answer] = (await once(socket, 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"signature":"0x');
  expect(await stopped).toBe(0);
});

test('a restart remembers: the conflicting vote is refused, the same one signed again', async () => {
  const bodies = new DutyBodies(network.spec);
  signer = await start('--on-missing-history', 'trust');
  const first = await signer.sign(pubkey, bodies.attestation(4n, 5n));
  expect(first.status).toBe(200);
  await signer.kill();
  signer = await start('--on-missing-history', 'trust');
  expect(await signer.sign(pubkey, bodies.attestation(4n, 5n))).toEqual(first);
  const conflicting = await signer.sign(pubkey, bodies.attestation(4n, 5n, 'forked'));
  expect(conflicting).toMatchObject({ status: 412, body: { code: 'DOUBLE_VOTE' } });
});

test('a key without history starts at the floor, and --on-missing-history refuse wants an import', async () => {
  const bodies = new DutyBodies(network.spec);
  signer = await start('--on-missing-history', 'refuse');
  expect(await signer.sign(pubkey, bodies.attestation(4n, 5n))).toMatchObject({
    status: 412,
    body: { code: 'MISSING_HISTORY' },
  });
  expect((await signer.sign(pubkey, bodies.randaoReveal(5n))).status).toBe(200);
  await signer.stop();
  signer = await start();
  const old = await signer.sign(pubkey, bodies.attestation(4n, 5n));
  expect(old).toMatchObject({ status: 412, body: { code: 'TARGET_NOT_ABOVE_WATERMARK' } });
});

test('two daemons on one data directory: the second refuses, naming the first, and the first goes on', async () => {
  signer = await start();
  const second = await vigil(['signer', '--data-dir', dataDir, '--http-port', '0', ...network.flags]);
  expect(second.code).toBe(3);
  expect(second.stderr).toContain(`process ${signer.pid}`);
  expect((await signer.sign(pubkey, new DutyBodies(network.spec).randaoReveal(5n))).status).toBe(200);
});

test('a signer that lost the fence answers 503 without a signature and exits with 3', async () => {
  signer = await start('--on-missing-history', 'trust');
  const bodies = new DutyBodies(network.spec);
  expect((await signer.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  // What a second process that got past the lock would do first.
  const intruder = new Database(join(dataDir, 'slashing-protection.sqlite'));
  intruder.exec('UPDATE fence SET generation = generation + 1');
  intruder.close();
  const answer = await signer.sign(pubkey, bodies.attestation(5n, 6n));
  expect(answer).toMatchObject({ status: 503, body: { code: 'GUARD_UNAVAILABLE' } });
  expect(await signer.exit()).toBe(3);
  expect(signer.output).toContain('DB_FENCED');
});

test('a signer whose database is deleted under it signs nothing more and exits with 3', async () => {
  signer = await start('--on-missing-history', 'trust');
  rmSync(join(dataDir, 'slashing-protection.sqlite'));
  const answer = await signer.sign(pubkey, new DutyBodies(network.spec).attestation(4n, 5n));
  expect(answer).toMatchObject({ status: 503, body: { code: 'GUARD_UNAVAILABLE' } });
  expect(await signer.exit()).toBe(3);
  expect(signer.output).toContain('DB_REPLACED');
});

test('stops when the shell that npm put in front of it is killed', async () => {
  const command = ['node', LAUNCHER, 'signer', '--data-dir', dataDir, '--http-port', '0', ...network.flags];
  // The ":" keeps the shell from replacing itself with its only command.
  const shell = spawn('sh', ['-c', `${command.join(' ')}; :`], {
    env: { ...process.env, npm_command: 'exec' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  shell.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  // The pipe closes when the last process that holds it has ended: the signer, not the shell.
  const signerEnded = once(shell.stdout, 'close');
  await once(shell.stdout, 'data');
  while (!lines.join('').includes('signer is listening')) await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  await signerEnded;
  expect(lines.join('')).toContain('"stopped"');
  expect(existsSync(join(dataDir, 'vigil.ports'))).toBe(false);
});

test('a daemon of another network does not open the database', async () => {
  const other = testNetwork(`0x${'43'.repeat(32)}`);
  const result = await vigil(['signer', '--data-dir', dataDir, '--http-port', '0', ...other.flags]);
  expect(result.code).toBe(3);
  expect(result.stderr).toContain(network.spec.genesisValidatorsRoot);
  rmSync(other.folder, { recursive: true });
});

test('a port that is taken ends the start with a reason and leaves the database free', async () => {
  signer = await start();
  const { port } = new URL(signer.url);
  const elsewhere = join(network.folder, 'other');
  const result = await vigil(['signer', '--data-dir', elsewhere, '--http-port', port, ...network.flags]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain('EADDRINUSE');
  await vigilOk(['slashing-db', 'export', '--data-dir', elsewhere]);
});
