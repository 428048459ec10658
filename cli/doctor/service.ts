import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A property of the signer's unit as systemd has it in force, or null where there is no such service. */
export async function serviceProperty(name: string): Promise<string | null> {
  try {
    const args = ['show', 'vigil-signer', '--property=LoadState', `--property=${name}`];
    const { stdout } = await run('systemctl', args, { timeout: 5000 });
    const shown = new Map(stdout.split('\n').map((line) => line.split('=') as [string, string]));
    return shown.get('LoadState') === 'loaded' ? (shown.get(name) ?? null) : null;
  } catch {
    return null;
  }
}
