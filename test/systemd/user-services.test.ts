import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SystemdWorld, VIGIL } from './support/systemd-world.ts';

let world: SystemdWorld;
beforeAll(async () => {
  world = await SystemdWorld.start();
});
afterAll(() => world.stop());

const UID = '4711';
const HOME = '/home/me';
const RUNTIME = `/run/user/${UID}`;
const ENVIRONMENT = [`HOME=${HOME}`, `XDG_RUNTIME_DIR=${RUNTIME}`, 'PATH=/usr/bin:/bin'];

/** What logind starts for everybody who logs in. */
const MANAGER = `[Service]
Type=notify
User=me
Group=me
Delegate=yes
${ENVIRONMENT.map((variable) => `Environment=${variable}`).join('\n')}
ExecStart=/lib/systemd/systemd --user --log-target=kmsg
StandardOutput=append:/run/manager.log
StandardError=append:/run/manager.log
`;

const asMe = (...argv: readonly string[]) =>
  world.run('setpriv', `--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', 'env', ...ENVIRONMENT, ...argv);

function ok(...argv: readonly string[]): string {
  const { status, stdout, stderr } = asMe(...argv);
  if (status !== 0)
    throw new Error(`${argv.join(' ')} ended with ${status}: ${stdout}${stderr}\n${world.log}`);
  return stdout;
}

test('a signer of a user starts, is fed, stops, and leaves its data when it is uninstalled', async () => {
  world.ok('groupadd', '--gid', UID, 'me');
  world.ok('useradd', '--uid', UID, '--gid', UID, '--home-dir', HOME, '--create-home', 'me');
  world.ok('install', '-d', '-o', 'me', '-g', 'me', '-m', '700', RUNTIME);
  world.ok('sh', '-c', `printf '%s' '${MANAGER}' > /run/systemd/system/manager.service`);
  world.ok('systemctl', 'daemon-reload');
  world.ok('systemctl', 'start', 'manager');

  ok(...VIGIL, 'install', 'systemd', '--user');
  ok(...VIGIL, 'init', '--network', 'hoodi');
  ok('systemctl', '--user', 'start', 'vigil-signer');
  const show = () =>
    ok('systemctl', '--user', 'show', '--property=ActiveState,StatusText,MainPID', 'vigil-signer');
  await expect.poll(show, { timeout: 120_000 }).toContain('StatusText=0 keys; all checks up');
  const pid = /MainPID=(\d+)/.exec(show())?.[1] ?? '';
  expect(readFileSync(world.path(`/proc/${pid}/status`), 'utf8')).toMatch(/^Seccomp:\s+2$/m);
  ok('systemctl', '--user', 'start', 'vigil-backup');
  expect(ok('ls', `${HOME}/.local/share/vigil-backup`)).toMatch(/^slashing-protection-\S+\.sqlite$/m);

  const removed = ok(...VIGIL, 'install', 'systemd', '--user', '--uninstall');
  expect(removed).toContain(`removed   ${HOME}/.config/systemd/user/vigil-signer.service`);
  expect(show()).toContain('ActiveState=inactive');
  expect(ok('ls', `${HOME}/.local/share/vigil`)).toContain('slashing-protection.sqlite');
});
