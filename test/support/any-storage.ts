import { inject, onTestFinished } from 'vitest';
import { openAnyGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import { emptyDatabase } from './postgres.ts';
import { migrated } from './postgres-guards.ts';
import { TRUSTING } from './temp-guard.ts';

/**
 * The storage that a test runs over is a parameter of its project (`vitest.config.ts`): `unit` runs it over a SQLite file,
 * `postgres` over a database on a server. A path stands for either: it names one database for as long as it is the same.
 */
const databases = new Map<string, Promise<string>>();

export const storageUnderTest = (): 'sqlite' | 'postgres' =>
  (inject('postgresUrl') as string | undefined) === undefined ? 'sqlite' : 'postgres';

/** The same options, leading to the storage under test. */
export async function overAny(options: OpenGuardOptions): Promise<OpenGuardOptions> {
  const server = inject('postgresUrl') as string | undefined;
  if (server === undefined) return options;
  const root = options.spec.genesisValidatorsRoot;
  const database = databases.get(options.path) ?? emptyDatabase(server).then((url) => migrated(url, root));
  databases.set(options.path, database);
  return { ...options, shared: { url: await database, passwordFile: null, instance: 'test' } };
}

/** What makes a guard over the storage under test, wherever that is. */
export const openOverAny = async (options: OpenGuardOptions): Promise<Guard> =>
  openAnyGuard(await overAny(options));

/** An empty database of the storage under test, for whoever opens it in another process; undefined: any file will do. */
export async function emptyStorage(): Promise<string | undefined> {
  const server = inject('postgresUrl') as string | undefined;
  return server === undefined ? undefined : migrated(await emptyDatabase(server));
}

/** Where the database of a path is; undefined: in the file itself. */
export const serverOf = async (path: string): Promise<string | undefined> => databases.get(path);

/** Another path to the same database, as a process has it that takes the place of one that was killed. */
export function alsoAt(path: string, copy: string): void {
  const database = databases.get(path);
  if (database !== undefined) databases.set(copy, database);
}

/** The path names no database any more: the next to open it finds an empty one. */
export const forget = (path: string): boolean => databases.delete(path);

/** As `openTestGuard`, over the storage under test. */
export async function openAnyTestGuard(
  path: string,
  options: Partial<OpenGuardOptions> = {},
): Promise<Guard> {
  const guard = await openOverAny({ ...TRUSTING, ...options, path });
  onTestFinished(() => guard.close());
  return guard;
}
