import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from '../keystore/load-in-parallel.ts';
import { fileState, FileWatch } from '../reload/file-watch.ts';

/** What other clients keep a key in: thousands of looks, which must not be in the way of signing. */
const SUB_FOLDERS_INTERVAL_MS = 30_000;
const LOOKS_AT_ONCE = 4;

/** Where keys come from. */
export interface KeyPlaces {
  /** Folders, and files whose content says which keys there are. */
  readonly paths: readonly string[];
  /** Folders that have one for each key. */
  readonly parents: readonly string[];
}

/**
 * Tells when keystores came or went: a folder's own state changes with the names in it. What is written into a file that
 * was there already is seen at a reload only, unless the file is one of the paths.
 * @param places asked for every look: they may change
 * @returns what ends it
 */
export async function watchKeys(
  dataDir: string,
  places: () => KeyPlaces,
  changed: () => void,
  intervals: { readonly ms?: number; readonly subFoldersMs?: number } = {},
): Promise<() => Promise<void>> {
  const look = (): Promise<string> => {
    const { paths, parents } = places();
    return fileState([join(dataDir, 'keys'), join(dataDir, 'secrets'), ...paths, ...parents]);
  };
  const lookDeeper = (): Promise<string> => subFoldersState(places().parents);
  const tell = (): Promise<void> => {
    changed();
    return Promise.resolve();
  };
  const interval = intervals.subFoldersMs ?? SUB_FOLDERS_INTERVAL_MS;
  const watches = [
    new FileWatch(look, await look(), tell, intervals.ms),
    new FileWatch(lookDeeper, await lookDeeper(), tell, interval),
  ];
  return async () => {
    for (const watch of watches) await watch.stop();
  };
}

async function subFoldersState(parents: readonly string[]): Promise<string> {
  const folders = (await Promise.all(parents.map(foldersIn))).flat();
  const states: string[] = [];
  const look = async (path: string): Promise<string> => `${path} ${await fileState([path])}`;
  for await (const state of inParallel(folders, LOOKS_AT_ONCE, look)) states.push(state);
  return states.sort().join('\n');
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
}
