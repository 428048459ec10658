import { isDeepStrictEqual } from 'node:util';
import type { KeyPlaces } from '../keys/key-watch.ts';
import { removeKeyCaches } from '../keystore/cache/key-caches.ts';
import { SourceKeeper, type SourceKeeperModules } from './source-keeper.ts';
import { openSource, type SourceModules } from './open-source.ts';
import { sourceError } from './source-errors.ts';
import { placesOf } from './source-places.ts';
import { readSourcesFile, type SourceConfig } from './sources-file.ts';

export interface OpenedSources {
  readonly keeper: SourceKeeper;
  /** Folders and files whose change may mean other keys. */
  readonly watched: KeyPlaces;
  readonly configs: readonly SourceConfig[];
  /** Whether the file still says what it said. @throws KEY_SOURCES_CHANGED, KEY_SOURCES_INVALID, KEY_FILE_* */
  readonly assertUnchanged: () => Promise<void>;
}

/**
 * The sources that a file names, or none. Nothing is asked yet.
 * @throws KEY_SOURCES_INVALID, KEY_FILE_*
 */
export async function openSources(
  file: string | null,
  modules: SourceModules & Omit<SourceKeeperModules, 'sources'>,
): Promise<OpenedSources> {
  const configs = file === null ? [] : await readSourcesFile(file);
  const sources = configs.map((config) => openSource(config, modules));
  // Of a source that is named no more nothing stays; without caches none stays, see the daemon.
  if (modules.keyCache)
    await removeKeyCaches(
      modules.dataDir,
      sources.map(({ name }) => name),
    );
  const assertUnchanged = async (): Promise<void> => {
    if (file === null || isDeepStrictEqual(await readSourcesFile(file), configs)) return;
    throw sourceError('KEY_SOURCES_CHANGED', `${file} names other sources than at the start`);
  };
  const keeper = new SourceKeeper({ ...modules, sources });
  return { keeper, watched: placesOf(configs), configs, assertUnchanged };
}
