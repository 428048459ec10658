import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { slashingDbError } from '../errors.ts';

/** What SQLite and Vigil keep beside a database. */
const COMPANIONS = ['', '-wal', '-shm', '-journal', '.lock', '.pid'];

/**
 * An anchor is written over without being asked for: it must be none of the database's own files, nor another anchor.
 * @throws ANCHOR_MISPLACED
 */
export function assertAnchorPaths(databasePath: string, anchors: readonly string[]): void {
  const taken = new Set(COMPANIONS.map((suffix) => realPath(databasePath + suffix)));
  for (const anchor of anchors) {
    const path = realPath(anchor);
    if (taken.has(path)) {
      throw slashingDbError(
        'ANCHOR_MISPLACED',
        `the anchor ${anchor} is a file of the slashing database, or named twice`,
      );
    }
    taken.add(path);
  }
}

/** Through symbolic links, as far as there is something. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPath(folder), basename(path));
  }
}
