import { actingUser } from '../../acting-user.ts';
import { importFile } from '../../commands/slashing-db/import.ts';
import type { CommandContext } from '../../command-context.ts';
import { startProgress } from '../../output/progress.ts';
import { withKeysCached } from '../../keys/with-key-manager.ts';
import { bringInAll, type KeyResult } from './bring-in.ts';
import { dryDestination, realDestination, type Destination } from './destination.ts';
import type { KeySource } from './key-source.ts';
import { openKeys } from './open-keys.ts';

export interface MovedKeys {
  readonly keys: readonly KeyResult[];
  /** Keys whose watermarks rose; null when no history was merged. */
  readonly raised: number | null;
}

/**
 * Makes the history durable before the first key comes in, so that a crash at any point leaves keys without a signer rather
 * than without their history. Repeated, it goes on where it was cut short.
 * @throws INTERCHANGE_* and what opening the database throws; then no key was brought in
 */
export async function moveKeys(
  sources: readonly KeySource[],
  interchange: string | null,
  context: CommandContext,
  dryRun: boolean,
): Promise<MovedKeys> {
  if (dryRun || (sources.length === 0 && interchange === null)) {
    const destination = await dryDestination(context.settings['data-dir']);
    return { keys: await bringIn(sources, destination), raised: null };
  }
  // The database is taken first: a signer that runs on it is found out now and not after an hour of scrypt.
  return withKeysCached(context, async (keyManager, guard) => {
    let raised: number | null = null;
    const mergeHistory = async (): Promise<void> => {
      if (interchange === null || raised !== null) return;
      ({ raised } = await importFile(guard, interchange, actingUser('migrate web3signer')));
    };
    // Where there are no keys, the history of those that come later, out of a vault, is worth having now.
    if (sources.length === 0) await mergeHistory();
    const keys = await bringIn(sources, realDestination(keyManager, guard, mergeHistory));
    return { keys, raised };
  });
}

const bringIn = (sources: readonly KeySource[], destination: Destination): Promise<KeyResult[]> =>
  withProgress('bringing keys in', sources.length, (update) =>
    bringInAll(
      openKeys(sources, (pubkey) => destination.isHere(pubkey)),
      destination,
      update,
    ),
  );

async function withProgress<T>(
  what: string,
  total: number,
  work: (update: (done: number) => void) => Promise<T>,
): Promise<T> {
  if (total === 0) return work(() => undefined);
  const progress = startProgress(what, total);
  try {
    return await work((done) => progress.update(done));
  } finally {
    progress.stop();
  }
}
