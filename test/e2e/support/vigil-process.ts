import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Environment without any VIGIL_ setting of the machine that runs the tests. */
export function cleanEnvironment(
  extra: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIL_'));
  return { ...Object.fromEntries(clean), ...extra };
}

/** Arguments for Node that run what was built. `-e` puts no script path into argv, so one is put in its place. */
export const vigilArguments = (args: readonly string[]): string[] => {
  const start = `import(${JSON.stringify(ENTRY)}).then((vigil) => vigil.main(process.argv))`;
  return ['-e', start, 'vigil', ...args];
};

function spawnVigil(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
  openFiles?: number,
): ChildProcess {
  const node = [process.execPath, ...vigilArguments(args)];
  const limited = ['sh', '-c', `ulimit -n ${openFiles ?? ''} && exec "$0" "$@"`, ...node];
  const [command = '', ...rest] = openFiles === undefined ? node : limited;
  return spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnvironment(env),
  });
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one verb to its end. */
export async function vigil(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<Finished> {
  const child = spawnVigil(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** As {@link vigil}; a failure is thrown with its output. */
export async function vigilOk(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await vigil(args);
  if (code !== 0) throw new Error(`vigil ${args.join(' ')} ended with ${String(code)}\n${stdout}${stderr}`);
  return stdout;
}

/** A signer daemon in a process of its own. */
export class SignerProcess {
  readonly pid: number;
  readonly url: string;
  readonly metricsUrl: string;
  readonly #child: ChildProcess;
  readonly #output: { text: string };

  private constructor(
    child: ChildProcess,
    ports: { http: number; metrics: number },
    output: { text: string },
  ) {
    this.#child = child;
    this.#output = output;
    this.pid = child.pid ?? 0;
    this.url = `http://127.0.0.1:${ports.http}`;
    this.metricsUrl = `http://127.0.0.1:${ports.metrics}`;
  }

  /** @param openFiles what the process may have open, sockets among it; default what the test may */
  static async start(dataDir: string, flags: readonly string[], openFiles?: number): Promise<SignerProcess> {
    const ports = ['--http-port', '0', '--metrics-port', '0'];
    const child = spawnVigil(['signer', '--data-dir', dataDir, ...ports, ...flags], undefined, openFiles);
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output.text += text));
    }
    // A killed predecessor's ports file may still be there until this process has cleared it, before it loads keys;
    // without keys the line comes before the ports are open.
    const portsFile = join(dataDir, 'vigil.ports');
    while (!output.text.includes('keys are loaded') || !existsSync(portsFile)) {
      if (child.exitCode !== null) throw new Error(`the signer ended with ${child.exitCode}\n${output.text}`);
      await delay(20);
    }
    const found = JSON.parse(readFileSync(portsFile, 'utf8')) as {
      http: number;
      metrics: number;
    };
    return new SignerProcess(child, found, output);
  }

  get output(): string {
    return this.#output.text;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  /** SIGTERM, then the exit code. */
  stop(): Promise<number | null> {
    const ended = this.exit();
    this.#child.kill('SIGTERM');
    return ended;
  }

  /** The exit code, once the process has ended. */
  async exit(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const [code] = (await once(this.#child, 'exit')) as [number | null];
    return code;
  }

  async sign(pubkey: string, body: unknown): Promise<{ status: number; body: Record<string, string> }> {
    const response = await fetch(`${this.url}/api/v1/eth2/sign/${pubkey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }
}
