import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { manifest } from '../../packaging/source.ts';
import { NETWORK, ROOT } from '../systemd/support/service-world.ts';
import { DebianWorld, olderPackage } from './support/debian-world.ts';

/**
 * The life of a package on a machine, with the real dpkg under a real systemd. The tests follow each other: each begins
 * where the one before has ended.
 */
const FILE = inject('packages').deb;
const DATA = ['--data-dir', '/var/lib/vigil'];
const SIGNER = 'vigil-signer.service';
const UNITS = [SIGNER, 'vigil-monitor.service', 'vigil-backup.timer'];

let world: DebianWorld;
let pubkey: string;
beforeAll(async () => {
  world = await DebianWorld.start();
});
afterAll(() => world.stop());

const duties = () => new DutyBodies(world.spec);
const signing = () => world.until(SIGNER, ({ StatusText }) => StatusText === '1 keys; all checks up');

test('installed, it has users, folders and configuration, and starts nothing', () => {
  world.installed(olderPackage(FILE));
  expect(world.commanded('root', '--version')).toBe(`${manifest().version}\n`);
  for (const unit of UNITS)
    expect(world.show(unit)).toMatchObject({
      LoadState: 'loaded',
      ActiveState: 'inactive',
      UnitFileState: 'disabled',
    });
  expect(world.owned('/etc/vigil/signer.yaml')).toBe('-rw-r----- root vigil');
  expect(world.owned('/etc/vigil/monitor.yaml')).toBe('-rw-r----- root vigil-monitor');
  expect(world.owned('/var/lib/vigil')).toBe('drwx------ vigil vigil');
  expect(world.owned('/var/lib/vigil-monitor')).toBe('drwx------ vigil-monitor vigil-monitor');
  expect(world.owned('/etc/vigil/credentials/signer')).toBe('drwx------ root root');
});

test('its command reads the configuration in /etc, and says what is wrong with it', () => {
  expect(JSON.parse(world.commanded('vigil', 'config', 'check', '--json', ...DATA))).toMatchObject({
    file: '/var/lib/vigil/vigil.yaml',
    network: { name: 'mainnet' },
  });
  const text = readFileSync(world.path('/etc/vigil/signer.yaml'), 'utf8');
  world.rewrite('/etc/vigil/signer.yaml', `${text}netwrk: mainnet\n`);
  expect(world.command('vigil', 'config', 'check', ...DATA)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('did you mean "network"') as string,
  });
  expect(world.command('vigil-monitor', 'config', 'check', ...DATA).status).not.toBe(0);

  const network = {
    'network': '/etc/vigil/network.yaml',
    'genesis-validators-root': ROOT,
    'genesis-time': `${world.genesisTimeSeconds}`,
    'on-missing-history': 'trust',
  };
  world.write('/etc/vigil/network.yaml', `${JSON.stringify(NETWORK)}\n`);
  world.rewrite('/etc/vigil/signer.yaml', `# Edited.\n${JSON.stringify(network)}\n`);
  expect(world.commanded('vigil', 'config', 'check', ...DATA)).toContain('vigil-test');
});

test('its signer starts without `vigil init`, and signs', async () => {
  const made = world.commanded('vigil', 'keys', 'new', '--random', '--kdf', 'pbkdf2', '--json', ...DATA);
  [pubkey = ''] = (JSON.parse(made) as { pubkeys: string[] }).pubkeys;
  world.ok('systemctl', 'enable', '--now', SIGNER);
  await signing();
  expect(world.sign(pubkey, duties().attestation(4n, 5n)).status).toBe(200);
});

test('an upgrade keeps what was edited and what was signed, and restarts what runs, nothing else', async () => {
  const { MainPID } = world.show(SIGNER);
  world.installed(FILE);
  const after = await signing();
  expect(after['MainPID']).not.toBe(MainPID);
  expect(after['UnitFileState']).toBe('enabled');
  expect(world.show('vigil-monitor.service')).toMatchObject({ ActiveState: 'inactive' });
  expect(readFileSync(world.path('/etc/vigil/signer.yaml'), 'utf8')).toContain('# Edited.');
  // Nobody had edited that one.
  expect(readFileSync(world.path('/etc/vigil/monitor.yaml'), 'utf8')).not.toContain('An older default');
  expect(world.owned('/etc/vigil/signer.yaml')).toBe('-rw-r----- root vigil');
  expect(world.owned('/etc/vigil/monitor.yaml')).toBe('-rw-r----- root vigil-monitor');
  expect(world.sign(pubkey, duties().attestation(4n, 5n)).status).toBe(200);
  expect(world.sign(pubkey, duties().attestation(3n, 6n))).toMatchObject({
    status: 412,
    body: { code: 'SURROUND_VOTE' },
  });
});

test('an upgrade leaves a signer alone that was stopped', () => {
  world.ok('systemctl', 'stop', SIGNER);
  world.installed(FILE);
  expect(world.show(SIGNER)).toMatchObject({ ActiveState: 'inactive' });
  world.ok('systemctl', 'start', SIGNER);
});

test('removed, it stops its services and leaves configuration and data; installed again, it goes on', async () => {
  await signing();
  world.ok('dpkg', '--remove', 'vigil');
  expect(world.show(SIGNER)).toMatchObject({ LoadState: 'not-found', ActiveState: 'inactive' });
  expect(world.exists('/usr/bin/vigil')).toBe(false);
  expect(world.exists('/usr/lib/vigil')).toBe(false);
  expect(readFileSync(world.path('/etc/vigil/signer.yaml'), 'utf8')).toContain('# Edited.');

  world.installed(FILE);
  world.ok('systemctl', 'start', SIGNER);
  await signing();
  expect(world.sign(pubkey, duties().attestation(3n, 6n)).status).toBe(412);
});

test('purged, it still leaves keys and their record, and says so', () => {
  world.write('/etc/vigil/credentials/signer/tls-key', 'secret', 0o600);
  const said = world.ok('dpkg', '--purge', 'vigil');
  expect(said).toContain('vigil: /var/lib/vigil stays');
  expect(said).toContain('vigil slashing-db export');
  expect(world.exists(`/var/lib/vigil/keys/${pubkey}.json`)).toBe(true);
  expect(world.exists('/var/lib/vigil/slashing-protection.sqlite')).toBe(true);
  expect(world.exists('/etc/vigil/credentials/signer/tls-key')).toBe(true);
  expect(world.exists('/etc/vigil/signer.yaml')).toBe(false);
  expect(world.run('test', '-L', '/var/lib/vigil/vigil.yaml').status).not.toBe(0);
});
