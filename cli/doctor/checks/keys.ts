import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isVigilError } from '../../../core/errors.ts';
import type { Pubkey } from '../../../core/units.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { KeyDirectory } from '../../../signer/keystore/key-directory.ts';
import { parseKeystoreBytes, pubkeyNamedBy } from '../../../signer/keystore/eip2335.ts';
import { readDatabaseStatus } from '../../../slashing-db/index.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Whether each keystore can be opened at the next start, and what the guard will say to it. */
export const keys: Check = {
  name: 'keys',
  inspect: async ({ settings, thorough }) => {
    const dataDir = settings['data-dir'];
    const directory = new KeyDirectory(dataDir);
    const pubkeys = await directory.list();
    const elsewhere =
      settings['key-sources'] === null ? [] : [note(`more of them come from ${settings['key-sources']}`)];
    if (pubkeys.length === 0) {
      return [
        note(`no keystores in ${dataDir}`, 'vigil keys import --keystores PATH, or key-sources.'),
        ...elsewhere,
      ];
    }
    const seen = looked(dataDir, pubkeys);
    const closed = seen.length === 0 && thorough ? await opened(directory, pubkeys) : seen;
    const kept = thorough
      ? `${pubkeys.length} keystores, each opened`
      : `${pubkeys.length} keystores; --thorough opens each`;
    return [
      ...(closed.length === 0 ? [good(kept)] : [told(pubkeys.length, closed)]),
      ...elsewhere,
      ...known(databasePath(dataDir), pubkeys),
    ];
  },
};

/** Why keystores cannot be opened, as far as can be seen without the work of it. */
function looked(dataDir: string, pubkeys: readonly Pubkey[]): string[] {
  return pubkeys.flatMap((pubkey) => {
    const password = join(dataDir, 'secrets', pubkey);
    if (!existsSync(password)) return [`${password} does not exist`];
    if (readFileSync(password).every((byte) => byte === 0x0a || byte === 0x0d))
      return [`${password} is empty`];
    const path = join(dataDir, 'keys', `${pubkey}.json`);
    try {
      const named = pubkeyNamedBy(parseKeystoreBytes(readFileSync(path), path));
      return named === null || named === pubkey ? [] : [`${path} is the keystore of ${named}`];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

async function opened(directory: KeyDirectory, pubkeys: readonly Pubkey[]): Promise<string[]> {
  const closed: string[] = [];
  for await (const key of directory.load(pubkeys)) {
    if ('error' in key) closed.push(isVigilError(key.error) ? key.error.message : String(key.error));
  }
  return closed;
}

const told = (all: number, closed: readonly string[]): Finding =>
  fault(
    `${closed.length} of ${all} keystores cannot be opened: ${closed.slice(0, 3).join('; ')}${closed.length > 3 ? '; …' : ''}`,
    'Put the right keystore and password in place (mode 0600); the others sign meanwhile.',
  );

function known(path: string, pubkeys: readonly string[]): Finding[] {
  const states = statesIn(path);
  if (states === null) return [];
  const fresh = pubkeys.filter((pubkey) => !states.has(pubkey)).length;
  const deleted = pubkeys.filter((pubkey) => states.get(pubkey) === 'deleted');
  return [
    ...(fresh === 0
      ? []
      : [
          note(
            `${fresh} of them the slashing database does not know`,
            'If they ever signed elsewhere: import their slashing protection before the next start.',
          ),
        ]),
    ...(deleted.length === 0
      ? []
      : [
          warning(
            `${deleted.length} were deleted and never sign here, the first ${deleted[0] ?? ''}`,
            'Remove the keystore; or, if it signs nowhere else, import it again with `vigil keys import`.',
          ),
        ]),
  ];
}

/** Null for a database that is not there or cannot be read, which is told of where it is looked over. */
function statesIn(path: string): Map<string, string> | null {
  try {
    return new Map(readDatabaseStatus(path).keys.map(({ pubkey, state }) => [pubkey, state]));
  } catch {
    return null;
  }
}
