import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Which machine this is and which of its boots; null where the system does not tell. */
export interface HostIdentity {
  readonly machineId: string | null;
  readonly bootId: string | null;
}

/** machine-id(5) asks not to be passed on as it is: it is hashed with our name, which keeps it comparable. */
export function readHostIdentity(): HostIdentity {
  const machineId = firstLine('/etc/machine-id') ?? firstLine('/var/lib/dbus/machine-id');
  return {
    machineId: machineId === null ? null : createHash('sha256').update(`vigil ${machineId}`).digest('hex'),
    bootId: firstLine('/proc/sys/kernel/random/boot_id'),
  };
}

function firstLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
