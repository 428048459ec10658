import type { AddressInfo } from 'node:net';
import { apiError } from './api-errors.ts';
import { createMonitorServer, type MonitorServerModules } from './monitor-server.ts';
import { writeMonitorPorts } from './ports-file.ts';

export interface MonitorHttpOptions extends MonitorServerModules {
  readonly dataDir: string;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface MonitorHttp {
  readonly port: number;
  /** Finishes what is under way. */
  close(): Promise<void>;
}

/** Listens, and says where in the data directory. @throws MONITOR_CANNOT_LISTEN */
export async function startMonitorHttp(options: MonitorHttpOptions): Promise<MonitorHttp> {
  const { dataDir, host, port: wanted } = options;
  const app = createMonitorServer(options);
  try {
    await app.listen({ host, port: wanted });
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw apiError('MONITOR_CANNOT_LISTEN', `the API cannot listen on ${host}:${wanted} (${code})`, error);
  }
  const { port } = app.server.address() as AddressInfo;
  const forget = await writeMonitorPorts(dataDir, { host, port });
  return {
    port,
    async close() {
      await forget();
      await app.close();
    },
  };
}
