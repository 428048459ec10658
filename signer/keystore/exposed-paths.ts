import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inParallel } from './load-in-parallel.ts';

const LOOKS_AT_ONCE = 4;

/** Bits of a mode for the two kinds of people that are not the owner: a group, and all others. */
const PEOPLE = [
  // The group of a file gets through a folder of another group as all others do.
  { readOrWrite: 0o060, enter: 0o011 },
  { readOrWrite: 0o006, enter: 0o001 },
] as const;

/**
 * The files among these, each once, that somebody else than their owner can read or write. One that lies where nobody
 * else can get to is not among them, whatever its own mode.
 * @returns sorted; those that cannot be looked at are left out: whoever reads them tells of it
 */
export async function exposedPaths(paths: Iterable<string>): Promise<string[]> {
  const reach: Reach = new Map();
  const exposed: string[] = [];
  const look = async (path: string): Promise<string | null> => ((await isExposed(path, reach)) ? path : null);
  for await (const path of inParallel(new Set(paths), LOOKS_AT_ONCE, look)) {
    if (path !== null) exposed.push(path);
  }
  return exposed.sort();
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
