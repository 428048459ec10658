import { slashingDbError } from './errors.ts';
import type { Guard } from './guard-contract.ts';
import { floorDue, openStorage, refuseRollback, type OpenOptions } from './open-storage.ts';
import { openShared, type SharedPlace } from './shared/open-shared.ts';
import { SharedGuard } from './shared/shared-guard.ts';
import { SlashingGuard, type SlashingGuardOptions } from './slashing-guard.ts';
import { shownUrl } from './storage/postgres/database-url.ts';
import type { Storage } from './storage/storage-port.ts';
import { ThreadedStorage } from './storage/thread/threaded-storage.ts';

export type OpenGuardOptions = SlashingGuardOptions &
  Omit<OpenOptions, 'genesisValidatorsRoot'> & {
    /** The database is on a server, and shared; `path` is then only where this machine's lock is. Default null. */
    readonly shared?: SharedPlace | null;
  };

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
  if (options.shared) return openSharedGuard(options, options.shared);
  return guardOf(await ThreadedStorage.open(toOpen(options), entry), options);
}

/**
 * Opens the guard wherever its database is.
 * @throws for a file those of {@link openGuard}; for a server DB_UNREACHABLE, DB_URL_INVALID, DB_SERVER_UNFIT,
 *   DB_SCHEMA_MISSING, DB_SCHEMA_BEHIND, DB_SCHEMA_TOO_NEW, DB_WRONG_NETWORK, DB_ROLLED_BACK, DB_SIGNER_UNKNOWN, and DB_IN_USE while another
 *   process of this machine is this signer
 */
export async function openAnyGuard(options: OpenGuardOptions): Promise<Guard> {
  return options.shared ? openSharedGuard(options, options.shared) : openGuard(options);
}

async function openSharedGuard(options: OpenGuardOptions, place: SharedPlace): Promise<Guard> {
  const { bootFloor = 'auto' } = options;
  const { storage } = await openShared(place, toOpen(options), (verdict, _anchors, stranger) => {
    if (stranger && verdict.kind === 'rolled-back') {
      const found = `${shownUrl(place.url)} does not know the signer ${place.instance}: ${verdict.found}`;
      throw slashingDbError('DB_SIGNER_UNKNOWN', found);
    }
    refuseRollback(shownUrl(place.url), verdict);
    return floorDue(verdict, bootFloor);
  });
  const guard = new SharedGuard(storage, options);
  await guard.settleBootFloor();
  return guard;
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
  covered,
  host,
  historyMaxRecords,
  bootFloor,
  onAnchorFailure,
  spec,
}: OpenGuardOptions) => ({
  ...{ path, genesisValidatorsRoot: spec.genesisValidatorsRoot },
  ...(anchors && { anchors }),
  ...(covered && { covered }),
  ...(host && { host }),
  ...(historyMaxRecords !== undefined && { historyMaxRecords }),
  ...(bootFloor && { bootFloor }),
  ...(onAnchorFailure && { onAnchorFailure }),
});
