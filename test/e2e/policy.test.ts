import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { SlotClock } from '../../core/chain/slot-clock.ts';
import { toHex } from '../../core/hex.ts';
import type { Explanation } from '../../signer/explain/explanation.ts';
import { accessFileText } from '../support/access-fixture.ts';
import { newKeys } from './support/new-keys.ts';
import { testNetwork, type TestNetwork } from './support/test-network.ts';
import { SignerProcess, vigil, vigilOk } from './support/vigil-process.ts';

let network: TestNetwork;
let dataDir: string;
let policyFile: string;
let pubkey: string;
let signer: SignerProcess | null;

const here = (...args: string[]) => [...args, '--data-dir', dataDir, ...network.flags];
const policy = (text: string) => writeFileSync(policyFile, text);

beforeEach(async () => {
  network = testNetwork();
  dataDir = join(network.folder, 'data');
  policyFile = join(network.folder, 'policy.yaml');
  signer = null;
  [pubkey = ''] = await newKeys(dataDir, network.flags);
});
afterEach(async () => {
  await signer?.kill();
  rmSync(network.folder, { recursive: true, force: true });
});

const start = (...flags: string[]) =>
  SignerProcess.start(dataDir, [...network.flags, '--policy-file', policyFile, ...flags]);

function exit() {
  const { spec } = network;
  const epoch = new SlotClock(spec, Date.now).currentEpoch();
  const version = toHex(spec.forks.at(-1)!.version);
  return {
    type: 'VOLUNTARY_EXIT',
    fork_info: {
      fork: { previous_version: version, current_version: version, epoch: '0' },
      genesis_validators_root: spec.genesisValidatorsRoot,
    },
    voluntary_exit: { epoch: epoch.toString(), validator_index: '3' },
  };
}

const explain = async (...flags: string[]): Promise<Explanation> =>
  JSON.parse(await vigilOk(here('explain', pubkey, '--json', ...flags))) as Explanation;
const codesOf = ({ refusals }: Explanation) => refusals.map(({ code }) => code);

/** Until the signer has said it. */
async function said(text: string): Promise<void> {
  while (signer?.output.includes(text) !== true) await delay(20);
}

test('a refusal is in the answer, the metrics and the audit; SIGHUP takes a new policy over', async () => {
  policy('allow: []');
  signer = await start();
  const refused = await signer.sign(pubkey, exit());
  expect([refused.status, refused.body['code']]).toEqual([412, 'POLICY_TYPE_NOT_ALLOWED']);
  expect(await (await fetch(`${signer.metricsUrl}/metrics`)).text()).toContain(
    'vigil_signer_sign_requests_total{type="VOLUNTARY_EXIT",result="refused",reason="POLICY_TYPE_NOT_ALLOWED"} 1',
  );

  policy('allow: nonsense');
  process.kill(signer.pid, 'SIGHUP');
  await said('the old policy stays in force');
  expect(signer.output).toMatch(/policy\.yaml:1: allow must be a list/);
  expect((await signer.sign(pubkey, exit())).status).toBe(412);

  policy('allow: [VOLUNTARY_EXIT]');
  process.kill(signer.pid, 'SIGHUP');
  await said('the policy was read again');
  expect((await signer.sign(pubkey, exit())).status).toBe(200);
  expect(await signer.stop()).toBe(0);

  const shown = await vigilOk(here('audit', 'show', '--type', 'VOLUNTARY_EXIT', '--json'));
  expect(JSON.parse(shown)).toMatchObject([
    { pubkey, verdict: 'refused', reason: 'POLICY_TYPE_NOT_ALLOWED' },
    { pubkey, verdict: 'refused', reason: 'POLICY_TYPE_NOT_ALLOWED' },
    { pubkey, verdict: 'signed', reason: null },
  ]);
  await vigilOk(here('audit', 'verify'));
});

test('explain asks the running signer, and reads the files when none runs or one was killed', async () => {
  policy(`fee-recipients: ['0x${'11'.repeat(20)}']`);
  signer = await start('--on-missing-history', 'trust');
  await signer.sign(pubkey, new DutyBodies(network.spec).attestation(4n, 5n));
  await vigilOk(here('keys', 'freeze', pubkey, '--reason', 'a look around'));
  const live = await explain();
  expect(live).toMatchObject({ pubkey, from: 'signer' });
  expect(codesOf(live)).toContain('KEY_FROZEN');
  expect(codesOf(live)).toContain('POLICY_FEE_RECIPIENT');

  await signer.kill();
  const files = await explain('--policy-file', policyFile);
  expect(files.from).toBe('files');
  expect(codesOf(files)).toEqual(codesOf(live));
  expect(files.sections.find(({ id }) => id === 'watermark')).toEqual(
    live.sections.find(({ id }) => id === 'watermark'),
  );
  expect(files.sections.find(({ id }) => id === 'state')?.entries['state']).toEqual([
    'stored',
    'active',
    'frozen',
  ]);

  const { stdout, stderr } = await vigil(here('explain', pubkey.slice(2)));
  expect(stderr).toContain('no signer answers');
  expect(stdout).toMatch(/says the files/);
  expect(stdout).toMatch(/highest attestation +4 -> 5/);
  expect(stdout).toMatch(/everything: KEY_FROZEN\n.*a look around\n.*unfreeze/);
});

test('explain changes nothing, wants a key and a data directory, and names what is wrong with a policy', async () => {
  const before = await vigilOk(here('slashing-db', 'status', '--json'));
  const fresh = await explain();
  expect(fresh.sections[0]?.entries['state']).toEqual(['stored', 'active']);
  expect(await vigilOk(here('slashing-db', 'status', '--json'))).toBe(before);

  for (const end of ['', '-wal', '-shm']) {
    rmSync(join(dataDir, `slashing-protection.sqlite${end}`), { force: true });
  }
  const lost = await explain();
  expect(lost.sections[0]?.entries['state']).toEqual(['stored', 'unknown']);
  expect(codesOf(lost)).not.toContain('KEY_NOT_ADMITTED');

  const accessFile = join(network.folder, 'access.yaml');
  const rule = '{ client: vc, actions: sign, types: attesting, allow: true }';
  writeFileSync(accessFile, accessFileText(['vc'], [rule]));
  const guarded = await vigilOk(here('explain', pubkey, '--access-file', accessFile));
  expect(guarded).toMatch(/may sign +vc: attesting \(rules\[0\]\)\n/);
  expect(guarded).toMatch(/any other client or type: ACCESS_DENIED/);

  policy('keys: {0x12: {}}');
  const broken = await vigil(here('explain', pubkey, '--policy-file', policyFile));
  expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('keys.0x12 is not a public key')]);
  const checked = await vigil(here('config', 'check', '--policy-file', policyFile));
  expect([checked.code, checked.stderr]).toEqual([2, expect.stringContaining('policy.yaml:1')]);
  expect((await vigil(here('explain', '0x12'))).code).toBe(2);
  const nowhere = await vigil([
    'explain',
    pubkey,
    '--data-dir',
    join(network.folder, 'none'),
    ...network.flags,
  ]);
  expect([nowhere.code, nowhere.stderr]).toEqual([1, expect.stringContaining('there is no data directory')]);
});

test('--allow is enough for the common case, and takes no other word', async () => {
  policy('');
  signer = await start('--allow', 'VOLUNTARY_EXIT');
  expect((await signer.sign(pubkey, exit())).status).toBe(200);
  const wrong = await vigil(here('config', 'check', '--allow', 'ATTESTATION'));
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('must be one of VOLUNTARY_EXIT')]);
});
