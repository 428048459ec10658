import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { SlotClock } from '../../../../core/chain/slot-clock.ts';
import { resolveSettings } from '../../../../core/config/resolve-settings.ts';
import { CHECKS } from '../../../../cli/doctor/checks/index.ts';
import { examine } from '../../../../cli/doctor/examine.ts';
import type { Finding } from '../../../../cli/doctor/finding.ts';
import { describeCheck } from '../../../../cli/doctor/report.ts';
import { anchorPath, databasePath } from '../../../../signer/data-directory.ts';
import { keystoreFile, passwordFile, putNewKey } from '../../../support/signer-key-files.ts';
import { startBeaconNode } from '../../../support/signer-beacon-node.ts';
import { startDaemon } from '../../../support/signer-daemon.ts';
import { NETWORK } from '../../../support/signer-network.ts';
import { tempDirectory } from '../../../support/temp-guard.ts';

function dataDirectory(): string {
  const dataDir = join(tempDirectory(), 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  return dataDir;
}

/** What a doctor finds in one look, on the real machine unless `proc` is another. */
async function look(
  check: string,
  dataDir: string,
  flags: Record<string, string | string[]> = {},
  proc = '/proc',
): Promise<readonly Finding[]> {
  const { settings } = resolveSettings({
    flags: { 'data-dir': dataDir, ...flags },
    environment: {},
    configFile: undefined,
  });
  const asked = CHECKS.filter(({ name }) => name === check);
  expect(asked).toHaveLength(1);
  const patient = { settings, configFile: null, spec: NETWORK, networkError: null };
  const [examined] = await examine({ ...patient, thorough: true, proc, nowMs: Date.now }, asked);
  return examined?.findings ?? [];
}

const grades = (findings: readonly Finding[]) => findings.map(({ grade }) => grade);
const worst = (findings: readonly Finding[]) => findings.find(({ grade }) => grade === 'fault');

/** A signer that ran and stopped, with its anchor. */
async function ranOnce(dataDir: string): Promise<void> {
  mkdirSync(`${dataDir}-anchor`, { recursive: true, mode: 0o700 });
  const clock = new SlotClock(NETWORK, Date.now);
  const guard = { path: databasePath(dataDir), anchors: [anchorPath(dataDir)], spec: NETWORK, clock };
  const signer = await startDaemon(dataDir, { guard });
  await signer.stop();
}

test('a data directory that nobody but its owner can read is good', async () => {
  const dataDir = dataDirectory();
  await putNewKey(dataDir);
  expect(grades(await look('file permissions', dataDir))).toEqual(['good']);
});

test('a keystore that others can read is named', async () => {
  const dataDir = dataDirectory();
  const pubkey = await putNewKey(dataDir);
  chmodSync(passwordFile(dataDir, pubkey), 0o644);
  const [finding] = await look('file permissions', dataDir);
  expect(finding?.grade).toBe('fault');
  expect(finding?.found).toContain(passwordFile(dataDir, pubkey));
});

test('files of key sources that others can read are a warning: other tools wrote them', async () => {
  const dataDir = dataDirectory();
  const outside = dirname(dataDir);
  const token = join(outside, 'token');
  writeFileSync(token, 'token', { mode: 0o600 });
  const sources = join(dataDir, 'sources.yaml');
  const vault = '{type: vault, address: "https://vault", path: validators, token-file: ../token}';
  writeFileSync(sources, `sources:\n  - ${vault}\n`, { mode: 0o600 });
  const findings = () => look('file permissions', dataDir, { 'key-sources': sources });
  chmodSync(outside, 0o755);
  expect(grades(await findings())).toEqual(['good']);
  chmodSync(token, 0o644);
  const [finding] = await findings();
  expect([finding?.grade, finding?.found]).toEqual(['warning', expect.stringContaining(token)]);
});

test('a keystore without its password cannot be opened', async () => {
  const dataDir = dataDirectory();
  const pubkey = await putNewKey(dataDir);
  expect(worst(await look('keys', dataDir))).toBeUndefined();
  rmSync(passwordFile(dataDir, pubkey));
  expect(worst(await look('keys', dataDir))?.found).toContain(pubkey);
});

test('keystores that cannot be opened are a fault: no JSON, another key, an empty password, and a wrong one', async () => {
  const dataDir = dataDirectory();
  const pubkey = await putNewKey(dataDir);
  const path = keystoreFile(dataDir, pubkey);
  const keystore = readFileSync(path);
  expect(grades(await look('keys', dataDir))).toEqual(['good']);
  writeFileSync(path, '{');
  expect(worst(await look('keys', dataDir))?.found).toContain(path);
  const other = { ...(JSON.parse(keystore.toString()) as object), pubkey: 'ab'.repeat(48) };
  writeFileSync(path, JSON.stringify(other));
  expect(worst(await look('keys', dataDir))).toBeDefined();
  writeFileSync(path, keystore);
  writeFileSync(passwordFile(dataDir, pubkey), 'wrong');
  expect(worst(await look('keys', dataDir))?.found).toContain('password');
  writeFileSync(passwordFile(dataDir, pubkey), '');
  expect(worst(await look('keys', dataDir))?.found).toContain(passwordFile(dataDir, pubkey));
});

test('links, what is of root, and what the file system puts there are not held against a directory', async () => {
  const dataDir = dataDirectory();
  const elsewhere = join(tempDirectory(), 'signer.yaml');
  writeFileSync(elsewhere, '');
  symlinkSync(elsewhere, join(dataDir, 'vigil.yaml'));
  mkdirSync(join(dataDir, 'lost+found'), { mode: 0o755 });
  expect(grades(await look('file permissions', dataDir))).toEqual(['good']);
});

test('a database that is gone while its anchor is there is a fault', async () => {
  const dataDir = dataDirectory();
  await ranOnce(dataDir);
  for (const end of ['', '-wal', '-shm']) rmSync(`${databasePath(dataDir)}${end}`, { force: true });
  expect(worst(await look('slashing database', dataDir))?.found).toContain('there is none');
});

test('sources of keys that cannot be read are told of', async () => {
  const dataDir = dataDirectory();
  const findings = await look('configuration', dataDir, { 'key-sources': join(dataDir, 'none.yaml') });
  expect(worst(findings)?.found).toContain('none.yaml');
});

test('a key that the database does not know yet is worth a word, one that signed here is not', async () => {
  const dataDir = dataDirectory();
  await putNewKey(dataDir);
  expect(grades(await look('keys', dataDir))).toEqual(['good']);
  await ranOnce(dataDir);
  expect(grades(await look('keys', dataDir))).toEqual(['good']);
});

test('a sound database agrees with its anchor; a copy of an earlier day does not', async () => {
  const dataDir = dataDirectory();
  await putNewKey(dataDir);
  await ranOnce(dataDir);
  expect(grades(await look('slashing database', dataDir))).toEqual(['good', 'good']);
  const copy = join(tempDirectory(), 'copy');
  cpSync(databasePath(dataDir), copy);
  await putNewKey(dataDir);
  await ranOnce(dataDir);
  cpSync(copy, databasePath(dataDir));
  const finding = worst(await look('slashing database', dataDir));
  expect(finding?.mend).toContain('docs/recovery.md');
});

test('a database of another network is refused', async () => {
  const dataDir = dataDirectory();
  await ranOnce(dataDir);
  const other = { ...NETWORK, genesisValidatorsRoot: `0x${'07'.repeat(32)}` as const };
  const { settings } = resolveSettings({
    flags: { 'data-dir': dataDir },
    environment: {},
    configFile: undefined,
  });
  const [examined] = await examine(
    {
      ...{ settings, configFile: null, networkError: null, thorough: false, proc: '/proc', nowMs: Date.now },
      spec: other as typeof NETWORK,
    },
    CHECKS.filter(({ name }) => name === 'slashing database'),
  );
  expect(worst(examined?.findings ?? [])?.found).toContain(other.genesisValidatorsRoot);
});

test('a damaged database is a fault, not a crash', async () => {
  const dataDir = dataDirectory();
  writeFileSync(databasePath(dataDir), 'x'.repeat(5000), { mode: 0o600 });
  expect(worst(await look('slashing database', dataDir))).toBeDefined();
});

test('a signer that runs is reached and well; one that was killed is a fault', async () => {
  const dataDir = dataDirectory();
  expect(grades(await look('signer', dataDir))).toEqual(['note']);
  const signer = await startDaemon(dataDir);
  expect(grades(await look('signer', dataDir))).toEqual(['good']);
  await signer.stop();
  writeFileSync(join(dataDir, 'vigil.ports'), JSON.stringify({ http: signer.ports.http }), { mode: 0o600 });
  expect(grades(await look('signer', dataDir))).toEqual(['fault']);
});

test('a node of this network at this time is good; one behind, of another time or gone is not', async () => {
  const dataDir = dataDirectory();
  const node = await startBeaconNode();
  const genesis = { genesis_time: NETWORK.genesisTimeSeconds.toString() };
  const data = { ...genesis, genesis_validators_root: NETWORK.genesisValidatorsRoot };
  node.answer('/eth/v1/beacon/genesis', { data: { ...data, genesis_fork_version: '0x00000000' } });
  const now = () => new SlotClock(NETWORK, Date.now).currentSlot();
  node.setClock(now());
  const flags = { 'beacon-node': [node.url] };
  expect(grades(await look('beacon nodes', dataDir, flags))).toEqual(['good']);
  expect(grades(await look('clock', dataDir, flags)).slice(1)).toEqual(['good']);
  node.setClock(now(), 40n);
  expect(grades(await look('beacon nodes', dataDir, flags))).toEqual(['warning']);
  node.setClock(now() + 50n);
  expect(grades(await look('clock', dataDir, flags)).slice(1)).toEqual(['fault']);
  const other = { ...data, genesis_validators_root: `0x${'07'.repeat(32)}` };
  node.answer('/eth/v1/beacon/genesis', { data: { ...other, genesis_fork_version: '0x00000000' } });
  expect(worst(await look('beacon nodes', dataDir, flags))?.found).toContain('07'.repeat(32));
  await node.close();
  expect(grades(await look('beacon nodes', dataDir, flags))).toEqual(['fault']);
});

test('a signing port that everybody reaches without credentials is a fault', async () => {
  const findings = await look('configuration', dataDirectory(), { 'http-host': '0.0.0.0' });
  expect(worst(findings)?.found).toContain('0.0.0.0:9000');
});

test('a policy that cannot be read is told with what is wrong in it', async () => {
  const dataDir = dataDirectory();
  const file = join(dataDir, 'policy.yaml');
  writeFileSync(file, 'nonsense: 1\n', { mode: 0o600 });
  expect(worst(await look('configuration', dataDir, { 'policy-file': file }))?.found).toContain('nonsense');
});

test('a kernel that lets others read memory is told of', async () => {
  const proc = tempDirectory();
  mkdirSync(join(proc, 'sys/kernel/yama'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/yama/ptrace_scope'), '0\n');
  expect(grades(await look('kernel', dataDirectory(), {}, proc))).toEqual(['warning']);
  writeFileSync(join(proc, 'sys/kernel/yama/ptrace_scope'), '1\n');
  expect(grades(await look('kernel', dataDirectory(), {}, proc))).toEqual(['good']);
});

test('a file system without barriers is told of', async () => {
  const proc = tempDirectory();
  const dataDir = dataDirectory();
  mkdirSync(join(proc, 'self'));
  const mount = (options: string) =>
    writeFileSync(
      join(proc, 'self/mounts'),
      `/dev/a / ext4 rw,barrier=0 0 0\n/dev/b ${join(dataDir, '..')} ext4 ${options} 0 0\n`,
    );
  mount('rw,relatime');
  expect(worst(await look('durable writes', dataDir, {}, proc))).toBeUndefined();
  mount('rw,nobarrier');
  expect(worst(await look('durable writes', dataDir, {}, proc))?.found).toContain('nobarrier');
});

test('one look that fails is a finding, and the others go on', async () => {
  const dataDir = join(tempDirectory(), 'gone');
  const { settings } = resolveSettings({
    flags: { 'data-dir': dataDir },
    environment: {},
    configFile: undefined,
  });
  const patient = { settings, configFile: null, spec: null, networkError: new Error('no network') };
  const examined = await examine({ ...patient, thorough: false, proc: '/proc', nowMs: Date.now }, CHECKS);
  expect(examined.map(({ check }) => check)).toEqual(CHECKS.map(({ name }) => name));
  const permissions = examined.find(({ check }) => check === 'file permissions')?.findings ?? [];
  expect(grades(permissions)).toEqual(['fault']);
  expect(examined.flatMap(describeCheck).join('\n')).toContain('FAULT');
});
