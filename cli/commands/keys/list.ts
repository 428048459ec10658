import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { readDatabaseStatus, readServerStatus } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { KeyDirectory } from '../../../signer/keystore/key-directory.ts';
import { commandContext } from '../../command-context.ts';
import type { Pubkey } from '../../../core/units.ts';
import { describeState } from '../../output/describe-state.ts';
import { assertServerNamed } from '../../database/file-place.ts';
import { requireDataDirectory } from '../../database/require-database.ts';
import { serverPlace } from '../../database/server-place.ts';
import { examples } from '../../options/examples.ts';

export function keysListCommand(): Command {
  return new Command('list')
    .description('list the keys of the data directory and their state; works beside a running signer')
    .addHelpText('after', examples('vigil keys list --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const { settings, output } = commandContext(command);
      const dataDir = settings['data-dir'];
      requireDataDirectory(dataDir);
      assertServerNamed(settings);
      const stored = await new KeyDirectory(dataDir).list();
      const path = databasePath(dataDir);
      const place = serverPlace(settings);
      const file = existsSync(path) ? readDatabaseStatus(path) : null;
      const status = place === null ? file : await readServerStatus(place);
      const stateOf = new Map(status?.keys.map(({ pubkey, state }) => [pubkey, state]));
      const described = (pubkey: Pubkey): string =>
        describeState(
          stateOf.get(pubkey) ?? 'new',
          status?.controls.get(pubkey),
          status?.protection.frozen ?? null,
        );
      const pubkeys = [...new Set([...stored, ...stateOf.keys()])].sort();
      const data = pubkeys.map((pubkey) => ({
        pubkey,
        state: described(pubkey),
        keystore: stored.includes(pubkey),
      }));
      output.table(
        data,
        ['pubkey', 'state', 'keystore'],
        data.map((key) => [key.pubkey, key.state, key.keystore ? 'yes' : 'no']),
      );
    });
}
