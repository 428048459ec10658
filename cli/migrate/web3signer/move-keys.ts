import { actingUser } from '../../acting-user.ts';
import { importFile } from '../../commands/slashing-db/import.ts';
import type { CommandContext } from '../../command-context.ts';
import { startProgress } from '../../output/progress.ts';
import { withKeysCached } from '../../keys/with-key-manager.ts';
import { bringInAll, type KeyResult } from './bring-in.ts';
import { dryDestination, realDestination, type Destination } from './destination.ts';
import type { KeySource } from './key-source.ts';
import { openKeys, type OpenedSource } from './open-keys.ts';

export interface MovedKeys {
  readonly keys: readonly KeyResult[];
  /** Keys whose watermarks rose; null when no history was merged. */
  readonly raised: number | null;
}

/**
 * Opens every key, then makes the history durable, then lets the keys in: in this order, so that a crash at any point
 * leaves keys without a signer rather than without their history.
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
    return { keys: await bringIn(await openAll(sources), destination), raised: null };
  }
  // The database is taken first: a signer that runs on it is found out now and not after an hour of scrypt.
  return withKeysCached(context, async (keyManager, guard) => {
    const opened = await openAll(sources);
    // Where every key failed, something is wrong that is mended first. Where there is none, the history of keys that
    // come later, out of a vault, is worth having now.
    const useful = opened.length === 0 || opened.some(({ key }) => key !== null);
    const report =
      interchange === null || !useful
        ? null
        : await importFile(guard, interchange, actingUser('migrate web3signer'));
    const keys = await bringIn(opened, realDestination(keyManager, guard));
    return { keys, raised: report?.raised ?? null };
  });
}

const openAll = (sources: readonly KeySource[]): Promise<OpenedSource[]> =>
  withProgress('opening keys', sources.length, (update) => openKeys(sources, update));

const bringIn = (opened: readonly OpenedSource[], destination: Destination): Promise<KeyResult[]> =>
  withProgress('bringing keys in', opened.length, (update) => bringInAll(opened, destination, update));

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
