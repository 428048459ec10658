import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { verifyMonitorDatabase } from '../../../monitor/store/index.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check, Patient } from '../patient.ts';

/** Whether the monitor's database is sound and the monitor well. */
export const monitor: Check = {
  name: 'monitor',
  inspect: async (patient) => {
    const { settings } = patient;
    const path = settings['monitor-db'] ?? join(settings['data-dir'], 'monitor.sqlite');
    if (!existsSync(path)) {
      // It may have a data directory of its own.
      return [
        note(`it has no database at ${path}`, '--monitor-db names another one.'),
        await health(patient),
      ];
    }
    const faults = verifyMonitorDatabase(path);
    return [
      faults.length === 0
        ? good('its database is sound')
        : fault(
            `${path} is damaged: ${faults.join('; ')}`,
            'Move it away; a new one is filled by `vigil monitor backfill`.',
          ),
      await health(patient),
    ];
  },
};

async function health({ settings }: Patient): Promise<Finding> {
  const host = settings['monitor-host'];
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${settings['monitor-port']}/healthz`;
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'error' });
    if (status === 200) return good(`${url} is well`);
    return warning(`${url} answers ${status}`, 'vigil monitor status says what is wrong.');
  } catch {
    return note(`it is not reached at ${url}`, 'vigil monitor, or systemctl start vigil-monitor');
  }
}
