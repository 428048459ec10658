import type { Guard } from './guard-contract.ts';
import { openStorage, type OpenOptions } from './open-storage.ts';
import { SlashingGuard, type SlashingGuardOptions } from './slashing-guard.ts';
import type { Storage } from './storage/storage-port.ts';
import { ThreadedStorage } from './storage/thread/threaded-storage.ts';

export type OpenGuardOptions = SlashingGuardOptions & Omit<OpenOptions, 'genesisValidatorsRoot'>;

/**
 * Opens the slashing database and takes sole possession of it until `close()`.
 * @throws DB_IN_USE, DB_CANNOT_OPEN, DB_FILE_EXPOSED, DB_NOT_OURS, DB_SCHEMA_TOO_NEW, DB_WRONG_NETWORK,
 *   DB_NOT_DURABLE, DB_CORRUPT, DB_ROLLED_BACK, DB_FROM_ANOTHER_MACHINE
 */
export function openGuard(options: OpenGuardOptions): Guard {
  return guardOf(openStorage(toOpen(options)), options);
}

/**
 * The same, with the database in a thread of its own: what a daemon wants, which has more to do than to wait for a disk.
 * @param entry of that thread; a benchmark has its own
 */
export async function openThreadedGuard(options: OpenGuardOptions, entry?: URL): Promise<Guard> {
  return guardOf(await ThreadedStorage.open(toOpen(options), entry), options);
}

function guardOf(storage: Storage, options: OpenGuardOptions): Guard {
  const guard = new SlashingGuard(storage, options);
  guard.settleBootFloor();
  return guard;
}

/** Only what can be handed to another thread. */
export const toOpen = ({
  path,
  anchors,
  host,
  historyMaxRecords,
  bootFloor,
  onAnchorFailure,
  spec,
}: OpenGuardOptions) => ({
  ...{ path, genesisValidatorsRoot: spec.genesisValidatorsRoot },
  ...(anchors && { anchors }),
  ...(host && { host }),
  ...(historyMaxRecords !== undefined && { historyMaxRecords }),
  ...(bootFloor && { bootFloor }),
  ...(onAnchorFailure && { onAnchorFailure }),
});
