import { statSync } from 'node:fs';
import { slashingDbError } from '../../errors.ts';

/**
 * Remembers which file stands at a path now and returns a check that it still does. A database that was deleted or
 * replaced under its connection would go on taking records that nobody finds again, beside the one that the next
 * process opens. Only looked at with stat, never opened. (A lock file that is deleted is the fence's to catch.)
 * @returns throws DB_REPLACED naming the path
 */
export function sameFileCheck(path: string): () => void {
  const before = identity(path);
  return () => {
    if (identity(path) !== before) throw slashingDbError('DB_REPLACED', `${path} was deleted or replaced`);
  };
}

/** Whether two paths lead to one file that is there. */
export const isSameFile = (one: string, other: string): boolean =>
  identity(one) !== null && identity(one) === identity(other);

function identity(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev.toString()}:${found.ino.toString()}`;
}
