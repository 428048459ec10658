import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../cli-errors.ts';

const START_TIMEOUT_MS = 60_000;

/** Runs one verb of this very command line, as an operator would. @throws DEMO_WENT_WRONG unless it ends well */
export async function runVerb(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [entryPoint(), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0)
    throw cliError('DEMO_WENT_WRONG', `vigil ${args.join(' ')} ended with exit code ${String(code)}`);
  return output;
}

/** A real signer daemon in a process of its own. */
export class DemoSigner {
  readonly #process: ChildProcess;
  readonly baseUrl: string;

  private constructor(process: ChildProcess, baseUrl: string) {
    this.#process = process;
    this.baseUrl = baseUrl;
  }

  static async start(dataDir: string, flags: readonly string[]): Promise<DemoSigner> {
    const args = [
      entryPoint(),
      'signer',
      '--data-dir',
      dataDir,
      '--http-port',
      '0',
      '--log-level',
      'silent',
      ...flags,
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (child.exitCode === null && Date.now() < deadline) {
      const port = readPort(dataDir);
      const baseUrl = `http://127.0.0.1:${port}`;
      if (port !== null && (await allKeysOpen(baseUrl))) return new DemoSigner(child, baseUrl);
      await delay(50);
    }
    child.kill('SIGKILL');
    throw cliError('DEMO_WENT_WRONG', 'the signer did not start');
  }

  async sign(pubkey: string, body: unknown): Promise<{ status: number; answer: Record<string, string> }> {
    const response = await fetch(`${this.baseUrl}/api/v1/eth2/sign/${pubkey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as Record<string, string> };
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
  }
}

const entryPoint = (): string => process.argv[1] ?? '';

/** The signer answers before its keystores are open. */
async function allKeysOpen(baseUrl: string): Promise<boolean> {
  const health = await fetch(`${baseUrl}/healthcheck`);
  return !(await health.text()).includes('keys-loading');
}

function readPort(dataDir: string): number | null {
  try {
    return (JSON.parse(readFileSync(join(dataDir, 'vigil.ports'), 'utf8')) as { http: number }).http;
  } catch {
    return null;
  }
}
