import { inject, onTestFinished } from 'vitest';
import { openAnyGuard, openGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
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

/** What makes a guard over the storage under test, wherever that is. */
export async function openOverAny(options: OpenGuardOptions): Promise<Guard> {
  const server = inject('postgresUrl') as string | undefined;
  if (server === undefined) return openGuard(options);
  const root = options.spec.genesisValidatorsRoot;
  const database = databases.get(options.path) ?? emptyDatabase(server).then((url) => migrated(url, root));
  databases.set(options.path, database);
  const shared = { url: await database, passwordFile: null, instance: 'test' };
  return openAnyGuard({ ...options, shared });
}

/** Another path to the same database, as a process has it that takes the place of one that was killed. */
export function alsoAt(path: string, copy: string): void {
  const database = databases.get(path);
  if (database !== undefined) databases.set(copy, database);
}

/** As `openTestGuard`, over the storage under test. */
export async function openAnyTestGuard(
  path: string,
  options: Partial<OpenGuardOptions> = {},
): Promise<Guard> {
  const guard = await openOverAny({ ...TRUSTING, ...options, path });
  onTestFinished(() => guard.close());
  return guard;
}
