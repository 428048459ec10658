import { isVigilError } from '../../core/errors.ts';
import { DatabaseAway, type FoundAgain, type SharedStorage } from '../storage/shared-port.ts';
import type { SharedMemory } from './memory.ts';
import { retryUntil } from './retry-until.ts';

/**
 * Waits for a database that is away, and makes sure that it is the one that was lost: nothing may be missing that it had
 * told. Who finds otherwise stops all signers before it ends.
 * @returns null when it was given up
 * @throws DB_ROLLED_BACK, DB_FENCED and what else makes the database unfit for good
 */
export async function comeBack(
  { storage, memory }: { readonly storage: SharedStorage; readonly memory: SharedMemory },
  givenUp: () => boolean,
): Promise<FoundAgain | null> {
  const found = await retryUntil(
    () => storage.reconnect(),
    (cause) => cause instanceof DatabaseAway || isVigilError(cause, ...MENDABLE),
    givenUp,
  );
  if (found === null) return null;
  try {
    memory.assertNotBehind(found.state);
  } catch (error) {
    await storage.freezeAll((error as Error).message);
    throw error;
  }
  memory.adopt(found.state);
  return found;
}

/** Files that the URL names and that cannot be used at the moment: an operator may be exchanging them. */
const MENDABLE = ['DB_URL_INVALID', 'DB_SECRET_EXPOSED'];
