import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readHostIdentity } from '../../../slashing-db/index.ts';

/**
 * What a cache is bound to besides passwords and keystores: this machine and this data directory, under whatever name.
 * Where the system does not tell its machine id, as in many containers, the directory alone.
 */
export function cachePlace(dataDir: string, machineId = readHostIdentity().machineId): Uint8Array {
  return createHash('sha256')
    .update(JSON.stringify(['vigil key cache', machineId, realpathSync(dataDir)]))
    .digest();
}
