import { Command } from 'commander';
import { readDatabaseStatus, type Protection } from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../examples.ts';
import { describeState } from '../../describe-state.ts';
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
      const { keys, controls, protection, history, ...rest } = status;
      const rows = keys.map(({ pubkey, state, block, attestation }) => [
        pubkey,
        describeState(state, controls.get(pubkey), null),
        block?.slot.toString() ?? '-',
        attestation === null ? '-' : `${attestation.source.toString()} -> ${attestation.target.toString()}`,
      ]);
      const shown = keys.map((key) => ({ ...key, ...controls.get(key.pubkey) }));
      output.result({ path, ...rest, history, protection, keys: shown }, [
        `database                 ${path}`,
        `genesis validators root  ${status.genesisValidatorsRoot}`,
        `commits                  ${status.sequence.toString()} (opened ${status.generation.toString()} times)`,
        `database id              ${status.databaseId}`,
        `history                  ${history.index} records`,
        ...describeProtection(protection),
        '',
        ...formatTable(['pubkey', 'state', 'highest block', 'highest attestation'], rows),
      ]);
    });
}

function describeProtection({ frozen, floor, floorOwed }: Protection): string[] {
  return [
    ...(frozen === null ? [] : [`ALL KEYS FROZEN          ${frozen.reason}`]),
    ...(floor === null
      ? []
      : [`boot floor               slot ${floor.slot}, ${floor.source} -> ${floor.target}`]),
    ...(floorOwed === null ? [] : [`boot floor due           ${floorOwed}`]),
  ];
}
