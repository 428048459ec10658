import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian calls it differently than its makers do. */
export const ALERTMANAGER = found('prometheus-alertmanager') ?? found('alertmanager') ?? 'alertmanager';

function found(command: string): string | null {
  try {
    return execFileSync('/bin/sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** What a tool printed, warnings left out. All of it is thrown when it fails: a diff of alerts is worth reading. */
export async function tool(command: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}${stderr}`, { cause: error });
  }
}
