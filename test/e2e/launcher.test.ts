import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = new URL('../../dist/cli/main.js', import.meta.url).href;
const RUNTIME = 'vigil-test-runtime';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-launcher-'));
  mkdirSync(join(folder, 'cli'));
  copyFileSync(join(ROOT, 'cli/vigil.js'), join(folder, 'cli/vigil.js'));
  // A name of its own: a folder above may have the real runtimes in its node_modules.
  const optionalDependencies = { [RUNTIME]: '24.99.0' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', optionalDependencies }));
  writeFileSync(
    join(folder, 'cli/main.ts'),
    'export const main = (argv: string[]) => console.log("ran on", process.versions.node, ...argv.slice(2));\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Node that says it is another version; only a machine with several installed could do better. */
function asVersion(version: string): string[] {
  const path = join(folder, `as-${version}.cjs`);
  writeFileSync(
    path,
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
     Object.defineProperty(process, 'version', { value: 'v${version}' });`,
  );
  return ['--require', path];
}

function run(args: readonly string[], env: Record<string, string> = {}) {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIL_'));
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...Object.fromEntries(clean), ...env },
  });
  return { status, stdout, stderr };
}

const launcher = () => join(folder, 'cli/vigil.js');

/** A runtime of the given version where npm would put it. */
function installRuntime(version: string, script: string): void {
  const bin = join(folder, 'node_modules', RUNTIME, 'bin');
  mkdirSync(bin, { recursive: true });
  const about = { name: RUNTIME, version, bin: { node: 'bin/node' } };
  writeFileSync(join(bin, '../package.json'), JSON.stringify(about));
  writeFileSync(join(bin, 'node'), script);
  chmodSync(join(bin, 'node'), 0o755);
}

test.each(['20.20.2', '22.18.0', '23.11.1', '25.0.0'])(
  'without the pinned runtime Node.js %s is refused with what to do',
  (version) => {
    const { status, stdout, stderr } = run([...asVersion(version), launcher(), '--version']);
    expect(stderr).toContain(`vigil needs Node.js 24; this is v${version}`);
    expect(stderr).toContain('npm ci');
    expect(stdout).toBe('');
    expect(status).toBe(1);
  },
);

test('without the pinned runtime another Node.js 24 will do', () => {
  expect(run([...asVersion('24.0.0'), launcher(), 'a', 'b']).stdout).toBe('ran on 24.0.0 a b\n');
});

test.each(['20.20.2', '24.0.0', '25.0.0'])(
  'with the pinned runtime Node.js %s only passes the command line, the terminal and the exit code on',
  (version) => {
    // What comes before the program is for the runtime.
    const skip = 'while [ "${1#--}" != "$1" ]; do shift; done; shift';
    installRuntime('24.99.0', `#!/bin/sh\n${skip}\necho "pinned: $*"\necho told >&2\nexit 3\n`);
    const result = run([...asVersion(version), launcher(), 'keys', 'list', '--json']);
    expect(result).toEqual({ status: 3, stdout: 'pinned: keys list --json\n', stderr: 'told\n' });
  },
);

test('on the pinned runtime itself nothing is started a second time', () => {
  installRuntime(process.versions.node, '#!/bin/sh\necho started again\n');
  expect(run([launcher()]).stdout).toBe(`ran on ${process.versions.node}\n`);
});

/** Tells what a core would have in it, and whether a debugger listens after the signal that asks for one. */
const TELL_OF_DOORS = `
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { url } from 'node:inspector';
export async function main() {
  const after = once(process, 'SIGUSR2');
  const alive = setInterval(() => {}, 1000);
  process.kill(process.pid, 'SIGUSR1');
  process.kill(process.pid, 'SIGUSR2');
  await after;
  clearInterval(alive);
  console.log(url(), readFileSync('/proc/self/coredump_filter', 'utf8').trim());
}
`;

test.skipIf(process.platform !== 'linux').each([true, false])(
  'no signal opens a debugger and no core has any memory in it, pinned runtime: %s',
  (pinned) => {
    if (pinned) installRuntime('24.99.0', `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
    writeFileSync(join(folder, 'cli/main.ts'), TELL_OF_DOORS);
    const result = run([...asVersion('24.0.0'), launcher()]);
    expect(result).toEqual({ status: 0, stdout: 'undefined 00000000\n', stderr: '' });
  },
);

test.skipIf(process.platform !== 'linux')('the launcher itself opens no debugger either', () => {
  // Its runtime is its child, which lets go of the pipes and outlives it: whoever ends first must not be luck.
  const waitForIt = 'exec </dev/null >/dev/null 2>&1\nwhile kill -0 $PPID; do sleep 0.05; done\n';
  installRuntime('24.99.0', `#!/bin/sh\nkill -USR1 $PPID\nkill -USR2 $PPID\n${waitForIt}`);
  const waits = join(folder, 'waits.cjs');
  writeFileSync(
    waits,
    `process.on('SIGUSR2', () => { console.log(require('node:inspector').url()); process.exit(0); });`,
  );
  const result = run([...asVersion('24.0.0'), '--require', waits, launcher()]);
  expect(result).toEqual({ status: 0, stdout: 'undefined\n', stderr: '' });
});

/** A daemon that takes long to load, and to which somebody sends SIGHUP meanwhile. */
const HANGUP_WHILE_LOADING = `
import { setTimeout } from 'node:timers/promises';
if (process.env.HANGUP_LATER === undefined) process.kill(process.pid, 'SIGHUP');
// A signal is delivered between two turns of the event loop.
await setTimeout(100);
export async function main() {
  const reload = new Promise((resolve) => process.on('SIGHUP', resolve));
  await Promise.race([reload.then(() => console.log('reloads')), setTimeout(10_000)]);
  process.exit();
}
`;

test.each(['signer', 'monitor'])('a SIGHUP while vigil %s is still being loaded is kept for it', (noun) => {
  writeFileSync(join(folder, 'cli/main.ts'), HANGUP_WHILE_LOADING);
  expect(run([launcher(), noun])).toEqual({ status: 0, stdout: 'reloads\n', stderr: '' });
});

test('a SIGHUP before the pinned runtime has started is kept too', () => {
  writeFileSync(join(folder, 'cli/main.ts'), HANGUP_WHILE_LOADING);
  // The launcher passes on to the shell what it does not keep.
  const start = `kill -HUP $PPID\nsleep 0.5\nexec ${process.execPath} "$@"\n`;
  installRuntime('24.99.0', `#!/bin/sh\n${start}`);
  const result = run([...asVersion('24.0.0'), launcher(), 'signer'], { HANGUP_LATER: '1' });
  expect(result).toEqual({ status: 0, stdout: 'reloads\n', stderr: '' });
});

test('a SIGHUP ends a verb that has no use for it', () => {
  writeFileSync(join(folder, 'cli/main.ts'), HANGUP_WHILE_LOADING);
  expect(run([launcher(), 'keys', 'list'])).toEqual({ status: null, stdout: '', stderr: '' });
});

test('a pinned runtime that does not start is named', () => {
  installRuntime('24.99.0', '#!/nowhere/sh\n');
  const { status, stderr } = run([launcher()]);
  expect(stderr).toMatch(/the pinned runtime .*bin\/node does not start: /);
  expect(status).toBe(1);
});

test('any other Node.js ends up on the pinned runtime that npm installed', () => {
  const real = join(ROOT, 'cli/vigil.js');
  const { status, stdout } = run([...asVersion('20.20.2'), real, '--version']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${manifest.version}\n` });
});

test('past the launcher another Node.js is refused before anything is done', () => {
  const start = `import(${JSON.stringify(BUILT)}).then((vigil) => vigil.main(['node', 'vigil', '--version']))`;
  const { status, stdout, stderr } = run([...asVersion('22.18.0'), '-e', start]);
  expect(stderr).toContain('vigil needs Node.js 24; this is v22.18.0');
  expect(stdout).toBe('');
  expect(status).toBe(1);
});
