import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { resolveSettings } from '../../core/config/resolve-settings.ts';
import type { Settings } from '../../core/config/settings.ts';
import { anchorPath, databasePath } from '../../signer/data-directory.ts';
import type { FileSource } from '../../slashing-db/index.ts';
import { assertLivesInFile, fileOf } from './file-place.ts';

/**
 * A data directory or a file that is copied from, with the anchors that a start there would hold against it.
 * @throws those of {@link assertLivesInFile}
 */
export function sourceFile(where: string, settings: Settings): FileSource {
  assertLivesInFile(where);
  const path = fileOf(where);
  const directory = dirname(path);
  const beside = anchorPath(directory);
  // Such as a backup; one that lies in a data directory is held against what happened there since.
  if (path !== databasePath(directory))
    return { path, anchors: existsSync(beside) ? [beside] : [], loose: true };
  return { path, anchors: [beside, ...furtherAnchors(directory, settings)] };
}

/** Those of the signer whose directory it is: another's know another database. */
function furtherAnchors(directory: string, settings: Settings): readonly string[] {
  if (resolve(settings['data-dir']) === directory) return settings.anchor;
  return resolveSettings({ flags: { 'data-dir': directory }, environment: {} }).settings.anchor;
}
