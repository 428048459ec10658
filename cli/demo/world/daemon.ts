import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../../cli-errors.ts';
import { LastLines } from './last-lines.ts';
import { entryPoint } from './run-verb.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface DaemonStart {
  /** Verb and flags. */
  readonly args: readonly string[];
  /** What the daemon writes when it listens. */
  readonly portsFile: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** What node runs: this very command line, unless said otherwise. */
  readonly entry?: string;
}

/** A daemon of this command line in a process of its own. */
export class Daemon {
  readonly #process: ChildProcess;
  /** By the name of the listener. */
  readonly ports: Readonly<Record<string, number>>;

  private constructor(process: ChildProcess, ports: Readonly<Record<string, number>>) {
    this.#process = process;
    this.ports = ports;
  }

  /** @throws DEMO_WENT_WRONG when it does not listen in time, with what it last said */
  static async start(options: DaemonStart): Promise<Daemon> {
    const { args, portsFile, signal, timeoutMs = START_TIMEOUT_MS, entry = entryPoint() } = options;
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = once(child, 'close');
    const said = new LastLines();
    said.follow(child.stdout);
    said.follow(child.stderr);
    const deadline = Date.now() + timeoutMs;
    while (!hasEnded(child) && Date.now() < deadline && signal?.aborted !== true) {
      const ports = readPorts(portsFile);
      if (ports !== null) {
        child.stderr.pipe(process.stderr);
        return new Daemon(child, ports);
      }
      await delay(50);
    }
    const why = hasEnded(child)
      ? `ended with ${child.signalCode ?? `exit code ${child.exitCode}`}`
      : signal?.aborted === true
        ? 'was stopped'
        : `did not listen within ${timeoutMs / 1000} seconds`;
    await ended(child);
    // Its last words may still be on their way when it is gone.
    await closed;
    throw cliError('DEMO_WENT_WRONG', `vigil ${args[0] ?? ''} ${why}${said.text}`);
  }

  url(listener: string): string {
    return `http://127.0.0.1:${this.ports[listener] ?? 0}`;
  }

  async stop(): Promise<void> {
    await ended(this.#process);
  }
}

/** One that does not end when it is asked to is ended. */
async function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

function readPorts(path: string): Record<string, number> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch {
    return null;
  }
}
