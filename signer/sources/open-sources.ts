import { isDeepStrictEqual } from 'node:util';
import { isVigilError } from '../../core/errors.ts';
import { Turns } from '../../core/turns.ts';
import type { KeyPlaces } from '../keys/key-watch.ts';
import { removeKeyCaches } from '../keystore/cache/key-caches.ts';
import type { KeySource } from './key-source.ts';
import { openSource, type SourceModules } from './open-source.ts';
import { SourceKeeper, type SourceKeeperModules } from './source-keeper.ts';
import { placesOf } from './source-places.ts';
import { readSourcesFile, type SourceConfig } from './sources-file.ts';

export interface OpenedSources {
  readonly keeper: SourceKeeper;
  /** Folders and files whose change may mean other keys; the file of sources is one. */
  readonly watched: () => KeyPlaces;
  readonly configs: () => readonly SourceConfig[];
  /**
   * Takes over what the file says by now, and asks all sources. A file that cannot be used changes nothing.
   * @returns what fails, without secrets and places; never rejects
   */
  readonly reload: () => Promise<string[]>;
}

interface Named {
  readonly config: SourceConfig;
  readonly source: KeySource;
}

/**
 * The sources that a file names, or none. Nothing is asked yet.
 * @throws KEY_SOURCES_INVALID, KEY_FILE_*
 */
export async function openSources(
  file: string | null,
  modules: SourceModules & Omit<SourceKeeperModules, 'sources'>,
): Promise<OpenedSources> {
  const { dataDir, keyCache, log } = modules;
  const read = (): Promise<SourceConfig[]> => (file === null ? Promise.resolve([]) : readSourcesFile(file));
  const sourcesOf = (all: readonly Named[]): KeySource[] => all.map(({ source }) => source);
  // Of a source that is named no more nothing stays; without caches none stays, see the daemon.
  const removeOthers = async (all: readonly Named[]): Promise<void> => {
    const names = sourcesOf(all).map(({ name }) => name);
    if (keyCache) await removeKeyCaches(dataDir, names);
  };

  let named: Named[] = (await read()).map((config) => ({ config, source: openSource(config, modules) }));
  await removeOthers(named);
  const keeper = new SourceKeeper({ ...modules, sources: sourcesOf(named) });

  /** A source whose lines are as they were goes on with what it has read. */
  const takeOver = async (): Promise<void> => {
    const left = [...named];
    const now = (await read()).map((config) => {
      const at = left.findIndex((one) => isDeepStrictEqual(one.config, config));
      const same = at < 0 ? undefined : left.splice(at, 1)[0];
      return same ?? { config, source: openSource(config, modules) };
    });
    if (
      isDeepStrictEqual(
        now.map(({ config }) => config),
        named.map(({ config }) => config),
      )
    )
      return;
    named = now;
    await keeper.replace(sourcesOf(now));
    await removeOthers(now);
    log.info({ sources: now.map(({ source }) => source.name) }, 'the file of key sources was taken over');
  };

  const turns = new Turns();
  const reload = async (): Promise<string[]> => {
    const problems = await turns.take(takeOver).then(
      () => [],
      (error: unknown) => {
        const { code, hint } = isVigilError(error) ? error : { code: 'INTERNAL', hint: undefined };
        log.error(
          { err: error, code, hint },
          'the file of key sources was not taken over: they are as before',
        );
        return [`${code}: the key sources are as before`];
      },
    );
    return [...problems, ...(await keeper.load())];
  };

  const watched = (): KeyPlaces => {
    const { paths, parents } = placesOf(named.map(({ config }) => config));
    return { paths: file === null ? paths : [file, ...paths], parents };
  };
  return { keeper, watched, configs: () => named.map(({ config }) => config), reload };
}
