import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, inject, onTestFinished, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { fileList } from '../../packaging/file-list.ts';
import { lockedPackages } from '../../packaging/locked-packages.ts';
import { expectedBuild } from '../../packaging/program-files.ts';
import { manifest } from '../../packaging/source.ts';
import { testNetwork } from '../e2e/support/test-network.ts';
import { makePackage } from './support/build-packages.ts';
import { checkedInList, compiled, temporary, treeOf, unpack, whereMade } from './support/unpacked.ts';

const FILE = inject('packages').npm;
const network = testNetwork();

interface Found {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

afterAll(() => rmSync(network.folder, { recursive: true, force: true }));

test('the tarball holds what packaging/files/npm.txt says, and what the sources compile to', () => {
  const tree = treeOf(unpack(FILE));
  expect(fileList(tree)).toBe(checkedInList('npm'));
  expect(compiled(tree)).toEqual([...expectedBuild(), 'dist/package.json'].sort());
  expect(whereMade(tree)).toEqual([]);
});

test('the same sources make the same tarball, whoever makes it wherever', () => {
  const env = { ...process.env, TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', HOME: temporary() };
  expect(readFileSync(makePackage('npm', temporary(), env)).equals(readFileSync(FILE))).toBe(true);
});

/** The command that was installed, in an environment that says nothing of npm or Vigil. */
function installed(program: string, cwd: string) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VIGIL|npm)_/.test(name)));
  const vigil = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', cwd, env });
    if (status !== 0) throw new Error(`vigil ${words.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  };
  return { env, vigil };
}

const NPM = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
const npm = (cwd: string, ...words: string[]) =>
  execFileSync('npm', [...words, ...NPM], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });

test('npm installs it into an empty folder, and it runs', () => {
  const folder = temporary();
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(folder, 'install', FILE);
  const { vigil } = installed(join(folder, 'node_modules/.bin/vigil'), folder);
  expect(vigil('--version')).toBe(`${manifest().version}\n`);
  expect(vigil('config', 'check', '--data-dir', join(folder, 'data'))).toContain('mainnet');
});

test('unpacked, `npm ci` gives it the locked packages and no others, and its signer signs', async () => {
  const folder = unpack(FILE);
  npm(folder, 'ci');
  const locked = new Map(lockedPackages().map(({ path, version }) => [path, version]));
  const found = Object.entries(
    (JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as Found).packages,
  );
  expect(found.length).toBeGreaterThan(100);
  for (const [path, { version }] of found) expect([path, version]).toEqual([path, locked.get(path)]);

  const program = join(folder, 'cli/vigil.js');
  const { env, vigil } = installed(program, folder);
  const data = ['--data-dir', join(folder, 'data'), ...network.flags];
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  expect(vigil('config', 'check', ...data)).toContain('vigil-test');
  expect(vigil('install', 'systemd', '--user', '--dry-run')).toContain('vigil-signer.service');
  vigil('alerts', 'install', '--dir', join(folder, 'alerts'));
  const { pubkeys } = JSON.parse(vigil('keys', 'new', '--random', '--kdf', 'pbkdf2', '--json', ...data)) as {
    pubkeys: [string];
  };

  // A key that was made a second ago signs at once.
  const ports = ['--http-port', '0', '--metrics-port', '0', '--on-missing-history', 'trust'];
  const signer = spawn(program, ['signer', ...data, ...ports], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void signer.kill('SIGKILL'));
  for await (const line of createInterface(signer.stdout)) if (line.includes('keys are loaded')) break;
  signer.stdout.resume();
  const { http } = JSON.parse(readFileSync(join(folder, 'data/vigil.ports'), 'utf8')) as { http: number };
  const sign = async (body: unknown) => {
    const url = `http://127.0.0.1:${http}/api/v1/eth2/sign/${pubkeys[0]}`;
    const headers = { 'content-type': 'application/json', 'accept': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const duties = new DutyBodies(network.spec);
  expect(await sign(duties.attestation(4n, 5n))).toBe(200);
  expect(await sign(duties.attestation(4n, 5n, 'other'))).toBe(412);
  const ended = once(signer, 'exit');
  signer.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});
