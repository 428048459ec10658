import { beforeCopy, copiedTo } from './freeze-reason.ts';
import { holdSource, type CopySource } from './copy-source.ts';
import { slashingDbError } from './errors.ts';
import { openAnyGuard, type OpenGuardOptions } from './open-guard.ts';
import { shownUrl } from './storage/postgres/database-url.ts';
import { databaseIdOf } from './storage/postgres/read-server.ts';
import { noteSources } from './storage/postgres/sources.ts';
import { isSameFile } from './storage/sqlite/same-file.ts';

export interface CopyReport {
  readonly keys: number;
  readonly deleted: number;
  readonly frozen: number;
  readonly handedOver: number;
  /** Why nothing is signed at the destination before `keys unfreeze --all`, or null. */
  readonly allFrozen: string | null;
}

/**
 * Merges what one database knows into another, of any kind: states and tombstones, controls, floors, watermarks; of each
 * the stricter. The history stays where it is, because its chain is bound to its database. The source is frozen then.
 * @param to how the other is opened
 * @throws DB_IN_USE while a signer uses the source, DB_WRONG_NETWORK, DB_ROLLED_BACK and DB_FROM_ANOTHER_MACHINE of a
 *   source with which no signer would start, and what opening throws; then nothing was changed but a boot floor that the
 *   source owed
 */
export async function copyDatabase(
  from: CopySource,
  to: OpenGuardOptions,
  by: string,
  shown: string,
): Promise<CopyReport> {
  await refuseOntoItself(from, to, shown);
  const source = await holdSource(from, to, shown);
  try {
    const { keys, controls, protection } = source.state;
    const frozen = beforeCopy(protection.frozen);
    const guard = await openAnyGuard({ ...to, covered: source.covered });
    let allFrozen: string | null;
    try {
      await guard.mergeState(source.state, by, shown);
      allFrozen = guard.protection.frozen?.reason ?? null;
      // Only now: who finds the source frozen may rely on the destination.
      await source.leave(copiedTo(to.shared ? shownUrl(to.shared.url) : to.path, by, frozen), by);
      // Last, so that it covers what leaving left behind; the anchors of a file are told by opening it.
      if (to.shared) await noteSources(to.shared, source.marks());
    } finally {
      await guard.close();
    }
    return {
      keys: keys.length,
      deleted: keys.filter(({ state }) => state === 'deleted').length,
      frozen: [...controls.values()].filter((control) => control.frozen !== null).length,
      handedOver: [...controls.values()].filter(({ outEpoch }) => outEpoch !== null).length,
      allFrozen,
    };
  } finally {
    await source.release();
  }
}

/** By what it is, not by how it is spelled. @throws DB_COPY_ONTO_ITSELF */
async function refuseOntoItself(from: CopySource, to: OpenGuardOptions, shown: string): Promise<void> {
  const isSame =
    'url' in from
      ? to.shared && (await databaseIdOf(from)) === (await databaseIdOf(to.shared))
      : !to.shared && isSameFile(from.path, to.path);
  const shownTo = to.shared ? shownUrl(to.shared.url) : to.path;
  if (isSame) throw slashingDbError('DB_COPY_ONTO_ITSELF', `${shown} and ${shownTo} are one`);
}
