import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment } from '../../e2e/support/vigil-process.ts';

const ENTRY = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
const START = `import(${JSON.stringify(ENTRY)}).then((vigil) => vigil.main(process.argv))`;

/** A signer daemon that is killed and paused, and started again: by the test, as a service manager would. */
export class ChaosSigner {
  readonly name: string;
  readonly dataDir: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | null = null;
  #url: string | null = null;
  #said = '';
  /** Ends that the test did not bring about. */
  readonly ownEnds: string[] = [];
  #killed = false;
  #starting: Promise<void> | null = null;

  constructor(name: string, dataDir: string, flags: readonly string[]) {
    this.name = name;
    this.dataDir = dataDir;
    this.#flags = flags;
  }

  /** Where it answers; null while it does not. */
  get url(): string | null {
    return this.#url;
  }

  /** Starts it, again and again until it runs: while the database is away a start fails. */
  start(until: () => boolean): Promise<void> {
    // One that is killed while it starts is started by who started it.
    this.#starting ??= this.#start(until).finally(() => (this.#starting = null));
    return this.#starting;
  }

  async #start(until: () => boolean): Promise<void> {
    while (!until()) {
      if (await this.#started()) return;
      await delay(200);
    }
  }

  async #started(): Promise<boolean> {
    const portsFile = join(this.dataDir, 'vigil.ports');
    rmSync(portsFile, { force: true });
    const ports = ['--http-port', '0', '--metrics-port', '0', '--log-level', 'info'];
    const args = ['--no-warnings', '-e', START, 'vigil', 'signer', '--data-dir', this.dataDir, ...ports];
    const child = spawn(process.execPath, [...args, ...this.#flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(),
    });
    this.#child = child;
    this.#killed = false;
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said.text = (said.text + text).slice(-20_000);
        this.#said = said.text;
      });
    }
    const ended = once(child, 'exit');
    for (;;) {
      if (said.text.includes('keys are loaded') && existsSync(portsFile)) break;
      if (child.exitCode !== null || child.signalCode !== null) {
        if (!this.#killed && child.exitCode === 3) this.ownEnds.push(said.text);
        return false;
      }
      await Promise.race([delay(20), ended]);
    }
    this.#url = `http://127.0.0.1:${(JSON.parse(readFileSync(portsFile, 'utf8')) as { http: number }).http}`;
    void ended.then(() => {
      this.#url = null;
      if (!this.#killed) this.ownEnds.push(said.text);
    });
    return true;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    this.#killed = true;
    child.kill('SIGKILL');
    await ended;
    this.#url = null;
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  wake(): void {
    this.#child?.kill('SIGCONT');
  }

  get said(): string {
    return this.#said;
  }
}
