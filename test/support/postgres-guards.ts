import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { emptyDatabase } from './postgres.ts';
import { migrateDatabase, openAnyGuard, type Guard, type OpenGuardOptions } from '../../slashing-db/index.ts';
import { SPEC } from './slashing-fixtures.ts';
import { tempDirectory, TRUSTING } from './temp-guard.ts';

/** The tables of Vigil in an empty database. */
export async function migrated(url: string): Promise<string> {
  await migrateDatabase({ url, passwordFile: null }, SPEC.genesisValidatorsRoot);
  return url;
}

/** A database of its own on the server that all test files share. */
export const freshDatabase = async (): Promise<string> =>
  migrated(await emptyDatabase(inject('postgresUrl')));

export interface SignerOptions extends Partial<Omit<OpenGuardOptions, 'shared'>> {
  readonly instance?: string;
}

/** A signer on a shared database, with a data directory and an anchor of its own; closed after the test. */
export async function openSigner(url: string, options: SignerOptions = {}): Promise<Guard> {
  const { instance = 'one', path = join(tempDirectory(), 'slashing.sqlite'), ...rest } = options;
  const guard = await openAnyGuard({
    ...TRUSTING,
    ...rest,
    path,
    shared: { url, passwordFile: null, instance },
  });
  onTestFinished(() => guard.close());
  return guard;
}
