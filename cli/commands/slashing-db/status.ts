import { Command } from 'commander';
import { readDatabaseStatus } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { requireDatabase } from '../../require-database.ts';
import { formatTable } from '../../format-table.ts';

export function slashingDbStatusCommand(): Command {
  return new Command('status')
    .description('show what the slashing database holds; works beside a running signer')
    .addHelpText('after', examples('vigil slashing-db status --data-dir /var/lib/vigil'))
    .action((_options, command: Command) => {
      const { settings, output } = commandContext(command);
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const status = readDatabaseStatus(path);
      const rows = status.keys.map(({ pubkey, state, block, attestation }) => [
        pubkey,
        state,
        block?.slot.toString() ?? '-',
        attestation === null ? '-' : `${attestation.source.toString()} -> ${attestation.target.toString()}`,
      ]);
      output.result({ path, ...status }, [
        `database                 ${path}`,
        `genesis validators root  ${status.genesisValidatorsRoot}`,
        `commits                  ${status.sequence.toString()} (opened ${status.generation.toString()} times)`,
        '',
        ...formatTable(['pubkey', 'state', 'highest block', 'highest attestation'], rows),
      ]);
    });
}
