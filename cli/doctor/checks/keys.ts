import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databasePath } from '../../../signer/data-directory.ts';
import { KeyDirectory } from '../../../signer/keystore/key-directory.ts';
import { readDatabaseStatus } from '../../../slashing-db/index.ts';
import { fault, good, note, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** Whether each keystore can be opened at the next start, and what the guard will say to it. */
export const keys: Check = {
  name: 'keys',
  inspect: async ({ settings }) => {
    const dataDir = settings['data-dir'];
    const pubkeys = await new KeyDirectory(dataDir).list();
    if (pubkeys.length === 0) {
      return [note(`no keystores in ${dataDir}`, 'vigil keys import FILE, or key-sources.')];
    }
    const findings: Finding[] = [];
    const closed = pubkeys.filter((pubkey) => !existsSync(join(dataDir, 'secrets', pubkey)));
    if (closed.length > 0) {
      findings.push(
        fault(
          `${closed.length} keystores have no password, the first ${closed[0] ?? ''}`,
          `Put it into ${join(dataDir, 'secrets')}, in a file named as the key, mode 0600.`,
        ),
      );
    }
    findings.push(...known(databasePath(dataDir), pubkeys));
    return [good(`${pubkeys.length} keystores`), ...findings];
  },
};

function known(path: string, pubkeys: readonly string[]): Finding[] {
  const states = new Map<string, string>(
    existsSync(path) ? readDatabaseStatus(path).keys.map(({ pubkey, state }) => [pubkey, state]) : [],
  );
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
