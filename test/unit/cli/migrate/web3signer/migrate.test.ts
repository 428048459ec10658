import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import type { MigrationReport } from '../../../../../cli/migrate/web3signer/report.ts';
import { tlsSettings } from '../../../../../core/config/tls-settings.ts';
import { resolveSettings } from '../../../../../core/config/resolve-settings.ts';
import { checkFrontDoor } from '../../../../../signer/access/front-door.ts';
import { KeyDirectory } from '../../../../../signer/keystore/key-directory.ts';
import { databasePath } from '../../../../../signer/data-directory.ts';
import { readDatabaseStatus, readHistory } from '../../../../../slashing-db/index.ts';
import { runVigil, type Ran } from '../../../../support/run-vigil.ts';
import { interchange, web3signerSetUp, type SetUp } from './set-up.ts';

// Whole processes, several of them, on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 });

/** Without the key cache, which takes real scrypts and has tests of its own. */
const vigil = (...args: string[]): Promise<Ran> => runVigil(args, { VIGIL_KEY_CACHE: 'off' });

const migrate = (setUp: SetUp, ...args: string[]): Promise<Ran> =>
  vigil(
    ...['migrate', 'web3signer', '--config', setUp.config, '--web3signer-dir', setUp.folder],
    ...['--data-dir', setUp.dataDir, ...args],
  );

/** The report with `--json`, and what every run has to hold to: no secret in any output. */
async function migrateJson(setUp: SetUp, ...args: string[]) {
  const ran = await migrate(setUp, '--json', ...args);
  for (const secret of setUp.secrets) expect(ran.stdout + ran.stderr).not.toContain(secret);
  const report = ran.stdout === '' ? null : (JSON.parse(ran.stdout) as MigrationReport);
  const error = ran.stderr === '' ? null : (JSON.parse(ran.stderr) as { code: string; message: string });
  const keys = (report?.keys ?? []).map(({ label, pubkey, status }) => [
    label.slice(setUp.folder.length + 1),
    status,
    pubkey,
  ]);
  return { code: ran.code, report, error, keys };
}

const keysOf = ({ pubkeys }: SetUp, status: string) => [
  ['keys/a-raw.yaml', status, pubkeys.raw],
  ['keys/b-many.yml#1', status, pubkeys.yaml],
  ['keys/b-many.yml#2', 'duplicate', pubkeys.raw],
  ['bulk/keystore-0.json', status, pubkeys.bulk],
  ['bulk/keystore-1.json', 'failed', null],
  ['keys/b-many.yml#3', 'by-hand', null],
  ['keys/b-many.yml#4', 'skipped', null],
  ['bulk/deposit_data-1.json', 'skipped', null],
];

describe('vigil migrate web3signer', () => {
  it('without history brings nothing in, and says what there is', async () => {
    const setUp = await web3signerSetUp();
    const { code, report, error, keys } = await migrateJson(setUp, '--out-config', setUp.at('vigil.yaml'));
    expect(code).toBe(3);
    expect(error).toMatchObject({ code: 'HISTORY_NEEDED' });
    expect(report).toMatchObject({ complete: false });
    expect(keys.map(([label, status]) => `${label} ${status}`)).toContain('bulk/keystore-1.json found');
    expect(existsSync(setUp.dataDir)).toBe(false);
    expect(existsSync(setUp.at('vigil.yaml'))).toBe(false);
  });

  it('with --dry-run opens everything and writes nothing', async () => {
    const setUp = await web3signerSetUp();
    const before = readdirSync(setUp.folder, { recursive: true }).sort();
    const args = ['--interchange', setUp.history, '--out-config', setUp.at('vigil.yaml'), '--dry-run'];
    const { code, report, keys } = await migrateJson(setUp, ...args);
    expect(code).toBe(1);
    expect(keys).toEqual(keysOf(setUp, 'would-import'));
    expect(report!.history).toMatchObject({ content: { keys: 4, blocks: 2, attestations: 2 }, raised: null });
    expect(readdirSync(setUp.folder, { recursive: true }).sort()).toEqual(before);
  });

  it('moves keys, history and settings', async () => {
    const setUp = await web3signerSetUp();
    const { pubkeys, dataDir } = setUp;
    const outConfig = setUp.at('vigil.yaml');
    const first = await migrateJson(setUp, '--interchange', setUp.history, '--out-config', outConfig);

    expect(first.code).toBe(1);
    expect(first.error).toMatchObject({ code: 'SOME_KEYS_FAILED', message: '1 of 8 were not brought in' });
    expect(first.keys).toEqual(keysOf(setUp, 'imported'));
    expect(first.report!.keys.find(({ status }) => status === 'failed')?.message).toContain(
      'KEYSTORE_WRONG_PASSWORD',
    );
    expect(first.report!.history).toMatchObject({ raised: 3, keysWithoutVotes: [pubkeys.bulk] });
    expect(first.report!.options).toContainEqual({
      option: 'eth2.keystore-path',
      becomes: { kind: 'unknown' },
    });
    expect(first.report!.exposedFiles).toEqual([setUp.at('keys/a-raw.yaml')]);

    // The keys are listed, and each opens with the password that was put beside it.
    const listed = await vigil('keys', 'list', '--data-dir', dataDir, '--json');
    const active = [pubkeys.raw, pubkeys.yaml, pubkeys.bulk].sort();
    const stored = (JSON.parse(listed.stdout) as { keystore: boolean }[]).filter(({ keystore }) => keystore);
    expect(stored).toEqual(active.map((pubkey) => ({ pubkey, state: 'active', keystore: true })));
    const loaded: string[] = [];
    for await (const key of new KeyDirectory(dataDir).load(active)) {
      loaded.push('error' in key ? key.error.code : key.pubkey);
    }
    expect(loaded.sort()).toEqual(active);

    // The database holds the history, and got it before any key was let in.
    const status = readDatabaseStatus(databasePath(dataDir));
    const marks = new Map(status.keys.map((key) => [key.pubkey, key]));
    expect(marks.get(pubkeys.raw)).toMatchObject({
      block: { slot: 90n },
      attestation: { source: 2n, target: 3n },
    });
    expect(marks.get(pubkeys.yaml)).toMatchObject({ block: null, attestation: { source: 4n, target: 5n } });
    expect(marks.get(pubkeys.gone)).toMatchObject({ block: { slot: 70n }, attestation: null });
    expect(marks.get(pubkeys.bulk)).toMatchObject({ state: 'active', block: null, attestation: null });
    const acts = readHistory(databasePath(dataDir), [], ({ records }) =>
      [...records()].map(({ type }) => type),
    );
    expect(acts.indexOf('import-interchange')).toBe(0);
    expect(acts.filter((type) => type === 'admit-key')).toHaveLength(3);

    // The configuration is one that Vigil takes.
    const { settings } = resolveSettings({ flags: {}, environment: {}, configFile: outConfig });
    expect(settings).toMatchObject({
      'network': 'hoodi',
      'http-port': 9100,
      'http-host-allowlist': ['signer.example'],
      'log-level': 'debug',
    });

    // Again: the file is not written over, the keys stay as they are.
    const text = readFileSync(outConfig, 'utf8');
    const refused = await migrateJson(setUp, '--interchange', setUp.history, '--out-config', outConfig);
    expect(refused).toMatchObject({ code: 1, error: { code: 'FILE_EXISTS' }, report: null });
    expect(readFileSync(outConfig, 'utf8')).toBe(text);
    const again = await migrateJson(setUp, '--interchange', setUp.history);
    expect(again.keys).toEqual(keysOf(setUp, 'already-here'));
    expect(again.report!.history.raised).toBe(0);
  });

  it('ended in the middle has brought in what was open, and goes on there', async () => {
    const setUp = await web3signerSetUp();
    const { pubkeys, dataDir, at } = setUp;
    const args = ['--interchange', setUp.history];
    // The scrypt vector of EIP-2335 in three files, which keeps two cores busy for seconds.
    const slow = new URL('../../../../fixtures/keystores/eip2335-scrypt.json', import.meta.url);
    for (let n = 0; n < 3; n += 1) {
      copyFileSync(slow, at(`bulk/slow-${n}.json`));
      writeFileSync(at(`passwords/slow-${n}.txt`), '𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑');
    }
    const cli = fileURLToPath(new URL('../../../../../cli/vigil.js', import.meta.url));
    const flags = [
      '--config',
      setUp.config,
      '--web3signer-dir',
      setUp.folder,
      '--data-dir',
      dataDir,
      ...args,
    ];
    const child = spawn(process.execPath, [cli, 'migrate', 'web3signer', ...flags], {
      env: { ...process.env, VIGIL_KEY_CACHE: 'off' },
      stdio: 'ignore',
    });
    const closed = once(child, 'close');
    const first = join(dataDir, 'keys', `${pubkeys.raw}.json`);
    await expect.poll(() => existsSync(first), { timeout: 60_000, interval: 5 }).toBe(true);
    child.kill('SIGKILL');
    await closed;
    const before = statSync(first);
    expect(readdirSync(join(dataDir, 'keys')).filter((name) => name.endsWith('.json')).length).toBeLessThan(
      4,
    );

    const { keys } = JSON.parse((await migrate(setUp, '--json', ...args)).stdout) as MigrationReport;
    const statusOf = (name: string) => keys.find(({ label }) => label === at(name))?.status;
    expect(statusOf('keys/a-raw.yaml')).toBe('already-here');
    expect(statusOf('bulk/slow-0.json')).toBe('imported');
    expect(statusOf('bulk/slow-1.json')).toBe('duplicate');
    expect(statSync(first)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it('does not start open in place of a Web3Signer with TLS', async () => {
    const setUp = await web3signerSetUp();
    const tls = 'http-listen-host: 0.0.0.0\ntls-keystore-file: tls.p12\ntls-known-clients-file: known.txt\n';
    writeFileSync(setUp.config, tls + readFileSync(setUp.config, 'utf8'));
    const outConfig = setUp.at('out/vigil.yaml');
    mkdirSync(setUp.at('out'));
    const { report } = await migrateJson(setUp, '--interchange', setUp.history, '--out-config', outConfig);
    expect(report).toMatchObject({ complete: true });

    const checked = await vigil(
      'config',
      'check',
      '--config',
      outConfig,
      '--data-dir',
      setUp.dataDir,
      '--json',
    );
    expect(checked.code).not.toBe(0);
    expect(checked.stderr).toContain(setUp.at('out/access.yaml'));
    const { settings } = resolveSettings({ flags: {}, environment: {}, configFile: outConfig });
    expect(settings).toMatchObject({
      'http-host': '0.0.0.0',
      'tls-key': setUp.at('out/tls-key.pem'),
      'tls-client-auth': 'required',
      'access-file': setUp.at('out/access.yaml'),
    });
    await expect(
      checkFrontDoor({ accessFile: null, tls: tlsSettings(settings), rateLimit: null }),
    ).rejects.toMatchObject({ code: 'KEY_FILE_MISSING' });
  });

  it('with --without-history says what that means, for people too', async () => {
    const setUp = await web3signerSetUp();
    const { code, stdout, stderr } = await migrate(setUp, '--without-history');
    expect(code).toBe(1);
    for (const secret of setUp.secrets) expect(stdout + stderr).not.toContain(secret);
    expect(stdout).toMatch(/warning: 3 keys come without slashing history.*floor/);
    expect(stdout).toContain('Stop every Web3Signer');
    expect(stdout).toContain('vault kv get -field=value -mount=secret one');
  });

  it('does not bring back what was deleted from this signer', async () => {
    const setUp = await web3signerSetUp();
    await migrate(setUp, '--interchange', setUp.history);
    const { raw } = setUp.pubkeys;
    const removed = await vigil(
      ...['keys', 'remove', raw, '--yes', '--network', 'hoodi', '--data-dir', setUp.dataDir],
      ...['--out', setUp.at('export.json')],
    );
    expect(removed).toMatchObject({ code: 0 });
    for (const extra of [['--dry-run'], []]) {
      const { report } = await migrateJson(setUp, '--interchange', setUp.history, ...extra);
      expect(report!.keys.find(({ pubkey }) => pubkey === raw)).toMatchObject({
        status: 'failed',
        message: expect.stringContaining('KEY_DELETED') as string,
      });
    }
    expect(await new KeyDirectory(setUp.dataDir).has(raw)).toBe(false);
  });

  it.each([
    ['history of another network', 'INTERCHANGE_WRONG_NETWORK', ['--interchange', 'wrong.json']],
    ['history that is not there', 'BAD_ARGUMENT', ['--interchange', 'missing.json']],
    ['another network for Vigil', 'BAD_ARGUMENT', ['--interchange', 'history.json', '--network', 'mainnet']],
    ['history and none', 'BAD_ARGUMENT', ['--interchange', 'history.json', '--without-history']],
  ])('with %s changes nothing', async (_, code, args) => {
    const setUp = await web3signerSetUp();
    setUp.write('wrong.json', interchange(`0x${'42'.repeat(32)}`, [setUp.pubkeys.raw, { slot: '1' }]));
    const named = args.map((arg) => (arg.endsWith('.json') ? setUp.at(arg) : arg));
    const { error } = await migrateJson(setUp, ...named);
    expect(error).toMatchObject({ code });
    expect(existsSync(setUp.dataDir)).toBe(false);
  });

  it('wants a configuration, and takes --config for that of Web3Signer only', async () => {
    const { code, stderr } = await vigil('migrate', 'web3signer', '--json');
    expect(code).toBe(2);
    expect(stderr).toContain('--config FILE, or --env');
    const help = await vigil('migrate', 'web3signer', '--help');
    expect(help.stdout.match(/^ *--config /gm)).toHaveLength(1);
    expect(help.stdout).toContain('--data-dir');
  });
});
