import type { KeyPlaces } from '../keys/key-watch.ts';
import { removeKeyCaches } from '../keystore/cache/key-caches.ts';
import { SourceKeeper, type SourceKeeperModules } from './source-keeper.ts';
import { openSource, type SourceModules } from './open-source.ts';
import { placesOf } from './source-places.ts';
import { readSourcesFile, type SourceConfig } from './sources-file.ts';

export interface OpenedSources {
  readonly keeper: SourceKeeper;
  /** Folders and files whose change may mean other keys. */
  readonly watched: KeyPlaces;
  readonly configs: readonly SourceConfig[];
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
  return { keeper: new SourceKeeper({ ...modules, sources }), watched: placesOf(configs), configs };
}
