import { isVigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { AccessMetrics } from './access-metrics.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Gate } from './gate.ts';
import type { PolicyAccess } from './policy-access.ts';

export interface ReloadModules {
  /** Reads the file and checks it against the settings it is used with. */
  readonly read: () => Promise<AccessPolicy>;
  readonly access: PolicyAccess;
  readonly gate: Gate;
  readonly metrics: Pick<AccessMetrics, 'accessReloadFailures'>;
  readonly log: Logger;
}

/**
 * Takes a changed access file into force, for open connections too; one that cannot be used leaves what there is.
 * @returns whether it could be used
 */
export async function reloadAccess({ read, access, gate, metrics, log }: ReloadModules): Promise<boolean> {
  try {
    access.replace(await read());
    gate.clientsChanged();
    log.info({ clients: access.clientNames.length - 1 }, 'access file reloaded');
    return true;
  } catch (error) {
    metrics.accessReloadFailures.inc();
    log.error(
      { code: isVigilError(error) ? error.code : 'INTERNAL', err: error },
      'the new access file cannot be used; the one before stays in force',
    );
    return false;
  }
}
