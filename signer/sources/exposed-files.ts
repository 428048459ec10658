import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from '../../core/log/logger.ts';
import { keyError } from '../key-errors.ts';
import { inParallel } from '../keystore/load-in-parallel.ts';
import { laidOutBy } from './open-source.ts';
import { placesOf } from './source-places.ts';
import type { SourceConfig } from './sources-file.ts';

const LOOKS_AT_ONCE = 4;
/** Whoever mends one mends all. */
const MOST_NAMED = 3;

/** Bits of a mode for the two kinds of people that are not the owner: a group, and all others. */
const PEOPLE = [
  // The group of a file gets through a folder of another group as all others do.
  { readOrWrite: 0o060, enter: 0o011 },
  { readOrWrite: 0o006, enter: 0o001 },
] as const;

/**
 * Files that keys of sources come out of, and further paths, that somebody else than their owner can read or write. A file that lies where nobody else can get to is not among them, whatever its own mode. What other
 * tools wrote is taken as it is; that the keys are then no secret any more is for the operator to know.
 * @returns paths, sorted; those that cannot be looked at are left out: whoever reads them tells of it
 */
export async function exposedFiles(
  configs: readonly SourceConfig[],
  further: readonly string[] = [],
): Promise<string[]> {
  const files = (await Promise.all(configs.map(filesOf))).flat();
  const reach: Reach = new Map();
  const exposed: string[] = [];
  const look = async (path: string): Promise<string | null> => ((await isExposed(path, reach)) ? path : null);
  for await (const path of inParallel(new Set([...further, ...files]), LOOKS_AT_ONCE, look)) {
    if (path !== null) exposed.push(path);
  }
  return exposed.sort();
}

/** Tells of them, and of the folders of keys in the data directory. Never throws. */
export async function tellOfExposedFiles(
  dataDir: string,
  configs: readonly SourceConfig[],
  log: Logger,
): Promise<void> {
  const own = ['keys', 'secrets'].map((name) => join(dataDir, name));
  const exposed = await exposedFiles(configs, own).catch(() => []);
  if (exposed.length === 0) return;
  const { code, hint } = keyError('KEY_FILE_EXPOSED');
  log.warn(
    { code, hint, files: exposed.length, paths: exposed.slice(0, MOST_NAMED) },
    'others than the owner can read or write what keys come from',
  );
}

async function filesOf(config: SourceConfig): Promise<string[]> {
  const laidOut = (await laidOutBy(config)?.().catch(() => [])) ?? [];
  const files = laidOut.flatMap(({ keystorePath, password }) =>
    'path' in password ? [keystorePath, password.path] : [keystorePath],
  );
  if (config.type === 'vault') return [config['token-file']];
  if (config.type === 'prysm') return [...placesOf([config]).paths];
  return files;
}

type Reach = Map<string, Promise<readonly boolean[]>>;

async function isExposed(path: string, reach: Reach): Promise<boolean> {
  // What a service manager hands over: the group's bits show the mask of an access list there.
  const credentials = process.env['CREDENTIALS_DIRECTORY'];
  if (credentials !== undefined && dirname(resolve(path)) === resolve(credentials)) return false;
  const mode = await modeOf(path);
  const entered = await reachOf(dirname(resolve(path)), reach);
  return PEOPLE.some(({ readOrWrite }, at) => (mode & readOrWrite) !== 0 && entered[at] === true);
}

/** Who of the two gets through a folder and all above it. */
function reachOf(folder: string, known: Reach): Promise<readonly boolean[]> {
  const before = known.get(folder);
  if (before !== undefined) return before;
  const found = (async (): Promise<readonly boolean[]> => {
    const mode = await modeOf(folder);
    const parent = dirname(folder);
    const above = parent === folder ? [true, true] : await reachOf(parent, known);
    return PEOPLE.map(({ enter }, at) => (mode & enter) !== 0 && above[at] === true);
  })();
  known.set(folder, found);
  return found;
}

const modeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mode }) => mode,
    () => 0,
  );
