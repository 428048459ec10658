import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../../cli-errors.ts';
import { entryPoint } from './run-verb.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface DaemonStart {
  /** Verb and flags. */
  readonly args: readonly string[];
  /** What the daemon writes when it listens. */
  readonly portsFile: string;
  readonly signal?: AbortSignal;
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

  /** @throws DEMO_WENT_WRONG when it does not listen in time */
  static async start({ args, portsFile, signal }: DaemonStart): Promise<Daemon> {
    const child = spawn(process.execPath, [entryPoint(), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (child.exitCode === null && Date.now() < deadline && signal?.aborted !== true) {
      const ports = readPorts(portsFile);
      if (ports !== null) return new Daemon(child, ports);
      await delay(50);
    }
    await ended(child);
    throw cliError('DEMO_WENT_WRONG', `vigil ${args[0] ?? ''} did not start`);
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
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}

function readPorts(path: string): Record<string, number> | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch {
    return null;
  }
}
