import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accessFileText } from '../support/access-fixture.ts';
import { clientCa, putPair, sendTls, shows, tlsFiles } from '../support/tls-fixture.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

const KEY = `0x${'ab'.repeat(48)}`;

let network: TestNetwork;
let dataDir: string;
let accessFile: string;
let signer: SignerProcess | null;

beforeEach(() => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  accessFile = join(network.folder, 'access.yaml');
  signer = null;
  const rules = [
    '{ client: vc-1, actions: sign, types: VOLUNTARY_EXIT, allow: false }',
    '{ client: "vc-*", actions: [sign, list-keys], types: [all, VOLUNTARY_EXIT], allow: true }',
  ];
  writeFileSync(accessFile, accessFileText(['vc-1', 'vc-10'], rules), { mode: 0o600 });
});
afterEach(async () => {
  await signer?.kill();
  rmSync(network.folder, { recursive: true, force: true });
});

const explain = (...flags: string[]) =>
  vigil(['config', 'explain', '--access-file', accessFile, '--data-dir', dataDir, ...flags]);

const NO_WRITE = 'over the keymanager API: no: keymanager-write: no rule allows it\n';

test('config explain says of an exit what becomes of it over the keymanager API', async () => {
  const asOwner = ['--client', 'api-token', '--key', KEY, '--type', 'VOLUNTARY_EXIT'];
  const json = await explain(...asOwner, '--allow', 'VOLUNTARY_EXIT', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ allowed: false, exitOverKeymanager: { allowed: true } });
  const refused = await explain(...asOwner);
  expect(refused.stdout).toContain('over the keymanager API: no: ');
  expect(refused.stdout).toContain('but the policy does not\n');
  const write = await explain('--client', 'api-token', '--action', 'keymanager-write');
  expect(write.stdout).toMatch(/^yes: [^]*\na voluntary exit wants the right to sign as well/);
});

test('config explain says yes or no, by which rule, and what the earlier ones are for', async () => {
  const exit = ['--key', KEY, '--type', 'VOLUNTARY_EXIT'];
  const denied = await explain('--client', 'vc-1', ...exit);
  const policy =
    'the policy refuses it to every client: VOLUNTARY_EXIT is not allowed (POLICY_TYPE_NOT_ALLOWED)\n';
  expect(denied).toMatchObject({ code: 0, stdout: `no: rules[0] denies it\n${policy}${NO_WRITE}` });
  const allowed = await explain('--client', 'vc-10', ...exit);
  expect(allowed.stdout).toBe(
    'no: rules[1] allows it, but the policy does not\n' +
      'the policy refuses it to every client: VOLUNTARY_EXIT is not allowed (POLICY_TYPE_NOT_ALLOWED)\n' +
      `rules[0] has no say: it is for client vc-1\n${NO_WRITE}`,
  );
  const both = await explain(
    '--client',
    'vc-10',
    '--key',
    KEY,
    '--type',
    'voluntary_exit',
    '--allow',
    'VOLUNTARY_EXIT',
  );
  expect(both.stdout).toBe(
    `yes: rules[1] allows it\nrules[0] has no say: it is for client vc-1\n${NO_WRITE}`,
  );
  const json = await explain('--client', 'vc-10', '--action', 'admin', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ client: 'vc-10', action: 'admin', allowed: false, rule: null, why: 'no rule allows it' },
    passedOver: [{ rule: 0 }, { rule: 1, reasons: ['it is for sign, list-keys'] }],
  });
});

test.each([
  [['--client', 'vc-3', '--key', KEY, '--type', 'BLOCK_V2'], 'did you mean vc-'],
  [['--client', 'vc-1', '--key', KEY, '--type', 'BLOCKS'], 'did you mean BLOCK'],
  [['--client', 'vc-1', '--key', KEY], 'sign wants --type'],
  [['--client', 'vc-1', '--type', 'BLOCK_V2'], 'sign wants --key'],
  [['--client', 'vc-1', '--key', KEY, '--action', 'admin'], 'leave --key out'],
])('config explain %j is a mistake', async (flags, message) => {
  const { code, stderr } = await explain(...flags);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test('a new token and its digest fit together', async () => {
  const { token, tokenSha256 } = JSON.parse(
    await vigilOk(['access', 'token', '--json', '--data-dir', dataDir]),
  ) as {
    token: string;
    tokenSha256: string;
  };
  const { createHash } = await import('node:crypto');
  expect(tokenSha256).toBe(createHash('sha256').update(token).digest('hex'));
  expect(token).toMatch(/^[0-9a-f]{64}$/);
});

test('config check looks at access file and TLS files, and so does the start', async () => {
  const tls = tlsFilesHere();
  const flags = ['--data-dir', dataDir, ...network.flags, '--access-file', accessFile, ...tls.flags];
  const { stdout } = await vigil(['config', 'check', '--json', ...flags]);
  expect(JSON.parse(stdout)).toMatchObject({
    access: { clients: 2, rules: 2 },
    tls: { expires: '2120-01-01T00:00:00.000Z' },
  });
  putPair(tls.paths, 'server', 'vc-1');
  for (const verb of [['config', 'check'], ['signer']]) {
    const broken = await vigil([...verb, ...flags]);
    expect(broken.stderr).toContain('does not belong to the certificate');
    expect(broken.code).toBe(2);
  }
  putPair(tls.paths, 'server');
  writeFileSync(accessFile, 'clients: []\nrules: [{ client: x }]\n');
  for (const verb of [['config', 'check'], ['signer']]) {
    const broken = await vigil([...verb, ...flags]);
    expect(broken.stderr).toContain(`${accessFile} line 2: rules[0]`);
    expect(broken.code).toBe(2);
  }
});

/** In the folder of the test, because `onTestFinished` of a support file would take it away too early or late. */
function tlsFilesHere() {
  const paths = tlsFiles();
  return { paths, flags: ['--tls-cert', paths.cert, '--tls-key', paths.key] };
}

test('SIGHUP takes a new certificate into use, and verbs find their way through mutual TLS', async () => {
  const { paths, flags } = tlsFilesHere();
  const all = [...network.flags, ...flags, '--tls-client-ca', clientCa(), '--admin-port', '0'];
  await newKeys(dataDir, network.flags);
  signer = await SignerProcess.start(dataDir, all);
  const url = signer.url;
  expect((await sendTls(url, '/upcheck', shows('vc-1'))).status).toBe(200);
  await expect(sendTls(url, '/upcheck')).rejects.toThrow();

  putPair(paths, 'server-2');
  process.kill(signer.pid, 'SIGHUP');
  await expect.poll(() => signer!.output, { timeout: 20_000 }).toContain('TLS files reloaded');
  expect((await sendTls(url, '/upcheck', shows('vc-1'))).status).toBe(200);

  const environment = {
    VIGIL_TLS_CERT: paths.cert,
    VIGIL_TLS_KEY: paths.key,
    VIGIL_TLS_CLIENT_CA: clientCa(),
  };
  const freeze = ['keys', 'freeze', '--all', '--reason', 'test', '--data-dir', dataDir];
  const frozen = await vigil([...freeze, ...network.flags], environment);
  expect(frozen).toMatchObject({ code: 0, stderr: '' });
  expect(await signer.stop()).toBe(0);
});
