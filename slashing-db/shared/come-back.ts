import { isVigilError } from '../../core/errors.ts';
import { DatabaseAway, type FoundAgain, type SharedStorage } from '../storage/sharing-port.ts';
import type { SharedMemory } from './memory.ts';
import { retryUntil } from './retry-until.ts';

/**
 * Waits for a database that is away, and makes sure that it is the one that was lost: nothing may be missing that it had
 * told. Who finds otherwise stops all signers before it ends.
 * @param onStillAway told of each reason once: it may be another one than that for which the database was lost
 * @returns null when it was given up
 * @throws DB_ROLLED_BACK, DB_FENCED, DB_SIGNER_UNKNOWN and what else makes the database unfit for good
 */
export async function comeBack(
  { storage, memory }: { readonly storage: SharedStorage; readonly memory: SharedMemory },
  givenUp: () => boolean,
  onStillAway: (why: string) => void,
): Promise<FoundAgain | null> {
  const told = new Set<string>();
  const found = await retryUntil(
    () => storage.reconnect(),
    (cause) => {
      if (!(cause instanceof DatabaseAway) && !isVigilError(cause, ...MENDABLE)) return false;
      if (!told.has(cause.message)) onStillAway(cause.message);
      told.add(cause.message);
      return true;
    },
    givenUp,
  );
  if (found === null) return null;
  try {
    memory.assertNotBehind(found.state);
  } catch (error) {
    throw await storage.freezeAll(error as Error);
  }
  memory.adopt(found.state);
  return found;
}

/** Files that the URL names and that cannot be used at the moment: an operator may be exchanging them. */
const MENDABLE = ['DB_URL_INVALID', 'DB_SECRET_EXPOSED'];
