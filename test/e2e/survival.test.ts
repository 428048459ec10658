import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

/** What an operator goes through at 3 a.m., with the real daemon and the real command line. */

let network: TestNetwork;
let bodies: DutyBodies;
let dataDir: string;
let pubkey: string;
const running: SignerProcess[] = [];

const verb = (...args: string[]) => [...args, '--data-dir', dataDir, ...network.flags];

async function newMachine(name: string): Promise<{ dataDir: string; pubkey: string }> {
  const folder = join(network.folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [pubkey = ''] = await newKeys(folder, network.flags);
  return { dataDir: folder, pubkey };
}

async function start(folder = dataDir, ...flags: string[]): Promise<SignerProcess> {
  const signer = await SignerProcess.start(folder, [
    '--on-missing-history',
    'trust',
    ...network.flags,
    ...flags,
  ]);
  running.push(signer);
  return signer;
}

beforeEach(async () => {
  network = testNetwork();
  bodies = new DutyBodies(network.spec);
  ({ dataDir, pubkey } = await newMachine('data'));
});

afterEach(async () => {
  for (const signer of running.splice(0)) await signer.kill();
  rmSync(network.folder, { recursive: true, force: true });
});

test('a database put back from a copy is noticed by every verb; both ways out work', async () => {
  const signer = await start();
  expect((await signer.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  await signer.stop();
  const copy = join(network.folder, 'yesterday');
  cpSync(dataDir, copy, { recursive: true });
  const later = await start();
  expect((await later.sign(pubkey, bodies.attestation(5n, 6n))).status).toBe(200);
  await later.stop();
  const file = join(network.folder, 'newest.json');
  await vigilOk(verb('slashing-db', 'export', '--out', file));
  const old = join(network.folder, 'old.json');
  writeFileSync(old, readFileSync(file, 'utf8').replace('"target_epoch":"6"', '"target_epoch":"5"'));
  cpSync(dataDir, join(network.folder, 'newest'), { recursive: true });

  const putBack = () => {
    rmSync(dataDir, { recursive: true });
    cpSync(copy, dataDir, { recursive: true });
  };
  putBack();
  for (const refused of [
    ['signer', '--http-port', '0'],
    ['slashing-db', 'export'],
    ['keys', 'freeze', '--all', '--reason', 'x'],
    ['slashing-db', 'import', old],
  ]) {
    const { code, stderr } = await vigil(verb(...refused));
    expect([refused[0], code]).toEqual([refused[0], 3]);
    expect(stderr).toMatch(/anchor .* knows database|older than what was lost|goes up to/);
  }
  await vigilOk(verb('slashing-db', 'import', file));
  const resolved = await start();
  expect((await resolved.sign(pubkey, bodies.attestation(5n, 6n, 'forked'))).body['code']).toBe(
    'BELOW_BOOT_FLOOR',
  );
  // Nor what the file does not know of: it may lack a key, so the present epoch is left out too.
  expect((await resolved.sign(pubkey, bodies.attestation(6n, 7n))).body['code']).toBe('BELOW_BOOT_FLOOR');
  await resolved.stop();

  putBack();
  expect((await vigil(verb('slashing-db', 'accept-rollback', '--reason', 'x'))).code).toBe(2);
  await vigilOk(verb('slashing-db', 'accept-rollback', '--reason', 'the disk failed', '--yes'));
  const accepted = await start();
  expect((await accepted.sign(pubkey, bodies.attestation(6n, 7n))).body['code']).toBe('BELOW_BOOT_FLOOR');
  expect(await vigilOk(verb('audit', 'show', '--type', 'accept-rollback'))).toContain('the disk failed');
});

test('a second daemon that forces its way in fences the first one out, and no conflicting pair leaves', async () => {
  const first = await start();
  expect((await first.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  rmSync(`${databasePath(dataDir)}.lock`);
  const second = await start();
  expect((await second.sign(pubkey, bodies.attestation(5n, 6n))).status).toBe(200);
  expect((await first.sign(pubkey, bodies.attestation(5n, 6n, 'forked'))).status).toBe(503);
  expect(await first.exit()).toBe(3);
  expect(first.output).toContain('DB_FENCED');
  expect((await second.sign(pubkey, bodies.attestation(5n, 6n, 'forked'))).status).toBe(412);
  expect((await second.sign(pubkey, bodies.attestation(6n, 7n))).status).toBe(200);
});

test('keys are frozen and unfrozen on a running signer, durably, with who and why on record', async () => {
  const signer = await start();
  await vigilOk(verb('keys', 'freeze', pubkey, '--reason', 'seen elsewhere'));
  expect(await signer.sign(pubkey, bodies.attestation(4n, 5n))).toMatchObject({
    status: 412,
    body: { code: 'KEY_FROZEN' },
  });
  await signer.kill();
  const again = await start();
  expect((await again.sign(pubkey, bodies.randaoReveal(5n))).body['code']).toBe('KEY_FROZEN');
  await vigilOk(verb('keys', 'unfreeze', pubkey, '--reason', 'false alarm'));
  expect((await again.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  const shown = await vigilOk(verb('audit', 'show', '--key', pubkey));
  for (const word of [
    'freeze',
    'seen elsewhere',
    'unfreeze',
    'false alarm',
    'KEY_FROZEN',
    '127.0.0.1',
    'ATTESTATION',
  ]) {
    expect(shown).toContain(word);
  }
  const stranger = await vigil(verb('keys', 'unfreeze', `0x${'ab'.repeat(48)}`, '--reason', 'x'));
  expect(stranger.code).not.toBe(0);
  expect((await vigil(verb('keys', 'freeze', '--reason', 'all?'))).code).toBe(2);
});

test('the admin API wants the token, and says what is wrong with a body', async () => {
  const signer = await start();
  const token = readFileSync(join(dataDir, 'api-token.txt'), 'utf8').trim();
  const post = async (body: unknown, authorization = `Bearer ${token}`) => {
    const response = await fetch(`${signer.url}/vigil/v1/keys/freeze`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  expect((await post({ pubkeys: 'all', reason: 'x' }, 'Bearer wrong')).status).toBe(401);
  for (const [body, field] of [
    [{ pubkeys: 'all' }, 'reason'],
    [{ pubkeys: [], reason: 'x' }, 'pubkeys'],
    [{ pubkeys: ['0x12'], reason: 'x' }, 'pubkeys[0]'],
    [{ pubkeys: 'all', reason: 'x', extra: 1 }, 'extra'],
  ] as const) {
    const answer = await post(body);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)]);
  }
  expect((await signer.sign(pubkey, bodies.randaoReveal(5n))).status).toBe(200);
  expect((await post({ pubkeys: 'all', reason: 'x' })).status).toBe(200);
  expect((await signer.sign(pubkey, bodies.randaoReveal(5n))).body['code']).toBe('ALL_FROZEN');
});

test('a key moves to another machine by epoch, with both signers running', async () => {
  const here = await start();
  expect((await here.sign(pubkey, bodies.attestation(4n, 5n))).status).toBe(200);
  const receipt = join(network.folder, 'receipt.json');
  const early = await vigil(verb('keys', 'handover', pubkey, '--out-epoch', '5', '--out', receipt, '--yes'));
  expect(early.stderr).toContain('earliest --out-epoch is 6');
  await vigilOk(verb('keys', 'handover', pubkey, '--out-epoch', '8', '--out', receipt, '--yes'));

  const there = await newMachine('there');
  const at = (...args: string[]) => [...args, '--data-dir', there.dataDir, ...network.flags];
  await vigilOk(at('keys', 'takeover', receipt));
  cpSync(join(dataDir, 'keys'), join(there.dataDir, 'keys'), { recursive: true });
  cpSync(join(dataDir, 'secrets'), join(there.dataDir, 'secrets'), { recursive: true });
  const next = await start(there.dataDir);
  expect((await next.sign(pubkey, bodies.attestation(6n, 7n))).status).toBe(412);
  expect((await next.sign(pubkey, bodies.attestation(6n, 8n))).status).toBe(200);
  expect((await here.sign(pubkey, bodies.attestation(7n, 8n))).body['code']).toBe('KEY_HANDED_OVER');
  expect((await here.sign(pubkey, bodies.attestation(6n, 7n))).status).toBe(200);
  const own = await vigil(verb('keys', 'takeover', receipt));
  expect(own.stderr).toContain('this very database');
});

test('audit verify and slashing-db verify say which record was tampered with, beside a running signer', async () => {
  const signer = await start();
  for (let n = 4n; n < 9n; n += 1n) await signer.sign(pubkey, bodies.attestation(n, n + 1n));
  expect(await vigilOk(verb('audit', 'verify'))).toContain('unbroken');
  expect(await vigilOk(verb('slashing-db', 'verify'))).toContain('cover all');
  await signer.stop();
  const exported = join(network.folder, 'history.jsonl');
  await vigilOk(verb('audit', 'export', '--out', exported));
  expect(readFileSync(exported, 'utf8').trim().split('\n').length).toBeGreaterThan(6);
  expect((await vigil(verb('audit', 'export', '--out', exported))).stderr).toContain('there already');
  const db = new Database(databasePath(dataDir));
  db.exec('DROP TRIGGER history_never_changed; UPDATE history SET target = 99 WHERE id = 3');
  db.close();
  const { code, stderr } = await vigil(verb('audit', 'verify'));
  expect([code, stderr]).toEqual([3, expect.stringContaining('record 3 was changed')]);
  expect((await vigil(verb('slashing-db', 'verify'))).code).toBe(3);
});
