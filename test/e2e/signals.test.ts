import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigilOk } from './support/vigil-process.ts';

const LAUNCHER = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

let network: TestNetwork;
let dataDir: string;
let ender: (() => unknown) | null;

beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  ender = null;
});

afterEach(async () => {
  await ender?.();
  rmSync(network.folder, { recursive: true, force: true });
});

async function makeKeys(count: number, kdf: 'scrypt' | 'pbkdf2'): Promise<string[]> {
  const flags = ['--count', `${count}`, '--kdf', kdf, '--json', '--data-dir', dataDir];
  const made = await vigilOk(['keys', 'new', '--random', ...flags, ...network.flags]);
  return (JSON.parse(made) as { pubkeys: string[] }).pubkeys;
}

test('a second signal does not cut the requests under way short', async () => {
  const [pubkey = ''] = await makeKeys(1, 'pbkdf2');
  const signer = await SignerProcess.start(dataDir, [...network.flags, '--on-missing-history', 'trust']);
  ender = () => signer.kill();
  const body = JSON.stringify(new DutyBodies(network.spec).attestation(4n, 5n));
  const socket = connect(Number(new URL(signer.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = `POST /api/v1/eth2/sign/${pubkey} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 50));
  // A second connection's answer tells that the server has read what came before it.
  await fetch(`${signer.url}/upcheck`);
  const stopped = signer.stop();
  // Two signals that come before either is seen are one: the first has to be at work when the second comes.
  await expect.poll(() => signer.output, { timeout: 30_000 }).toContain('stopping: finishing the requests');
  process.kill(signer.pid, 'SIGTERM');
  process.kill(signer.pid, 'SIGINT');
  socket.setEncoding('utf8').write(body.slice(50));
  const [answer] = (await once(socket, 'data')) as [string];
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer).toContain('"signature":"0x');
  expect(await stopped).toBe(0);
});

test('a signal while keystores are being opened ends the signer with 0 and the database closed', async () => {
  await makeKeys(6, 'scrypt');
  // The second start is also the proof that the first left the database free.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // Out of the cache they would all come at once.
    const flags = ['--key-cache', 'off', ...network.flags];
    const args = [LAUNCHER, 'signer', '--data-dir', dataDir, '--http-port', '0', ...flags];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    ender = () => child.kill('SIGKILL');
    const ended = once(child, 'close');
    const firstOpened = Promise.withResolvers<boolean>();
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('opening keystores')) firstOpened.resolve(true);
      });
    }
    await Promise.race([firstOpened.promise, ended]);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    expect(output).toContain('"stopped"');
    expect(output).not.toMatch(/"done":6|keys are loaded/);
    expect(existsSync(join(dataDir, 'vigil.ports'))).toBe(false);
    // SQLite removes its log when the last connection is closed in order, and only then.
    expect(existsSync(join(dataDir, 'slashing-protection.sqlite'))).toBe(true);
    expect(existsSync(join(dataDir, 'slashing-protection.sqlite-wal'))).toBe(false);
  }
});
