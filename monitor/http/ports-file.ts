import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name of the file in the data directory. */
export const MONITOR_PORTS = 'monitor.ports';

export interface MonitorAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Tells other commands where the monitor of a data directory listens; there while it runs. To be called once it listens:
 * what a monitor that was killed left behind is written over.
 * @returns removes it again, unless another monitor has written its own since
 */
export async function writeMonitorPorts(
  dataDir: string,
  address: MonitorAddress,
): Promise<() => Promise<void>> {
  const path = join(dataDir, MONITOR_PORTS);
  const text = `${JSON.stringify({ host: address.host, port: address.port })}\n`;
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  // In one step, so that nobody reads half of it.
  await rename(temporary, path);
  return async () => {
    const found = await readFile(path, 'utf8').catch(() => null);
    if (found === text) await rm(path, { force: true });
  };
}
