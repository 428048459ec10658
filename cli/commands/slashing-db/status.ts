import { Command } from 'commander';
import {
  readDatabaseStatus,
  readServerStatus,
  shownUrl,
  type DatabaseStatus,
  type Protection,
  type ServerStatus,
} from '../../../slashing-db/index.ts';
import { databasePath } from '../../../signer/data-directory.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { describeState } from '../../output/describe-state.ts';
import { requireDatabase } from '../../database/require-database.ts';
import { formatTable } from '../../output/format-table.ts';
import type { Output } from '../../output/output.ts';
import { serverPlace } from '../../database/server-place.ts';

export function slashingDbStatusCommand(): Command {
  return new Command('status')
    .description('show what the slashing database holds; works beside a running signer')
    .addHelpText('after', examples('vigil slashing-db status --data-dir /var/lib/vigil'))
    .action(async (_options, command: Command) => {
      const { settings, output } = commandContext(command);
      const place = serverPlace(settings);
      if (place !== null) {
        showServer(await readServerStatus(place), shownUrl(place.url), output);
        return;
      }
      const path = databasePath(settings['data-dir']);
      requireDatabase(path);
      const status = readDatabaseStatus(path);
      const { keys, controls, protection, history, ...rest } = status;
      const rows = keyRows(status);
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

const keyRows = ({ keys, controls }: Pick<DatabaseStatus, 'keys' | 'controls'>): string[][] =>
  keys.map(({ pubkey, state, block, attestation }) => [
    pubkey,
    describeState(state, controls.get(pubkey), null),
    block?.slot.toString() ?? '-',
    attestation === null ? '-' : `${attestation.source.toString()} -> ${attestation.target.toString()}`,
  ]);

function showServer(status: ServerStatus, url: string, output: Output): void {
  const { keys, controls, protection, instances, ...rest } = status;
  const shown = keys.map((key) => ({ ...key, ...controls.get(key.pubkey) }));
  output.result({ url, ...rest, instances, protection, keys: shown }, [
    `database                 ${url}`,
    `genesis validators root  ${status.genesisValidatorsRoot}`,
    `database id              ${status.databaseId}`,
    `signers connected        ${status.connected}`,
    ...describeProtection(protection),
    '',
    ...formatTable(
      ['signer', 'commits', 'runs', 'history'],
      instances.map(({ name, sequence, generation, head }) => [
        name,
        sequence.toString(),
        generation.toString(),
        `${head.index} records`,
      ]),
    ),
    '',
    ...formatTable(['pubkey', 'state', 'highest block', 'highest attestation'], keyRows(status)),
  ]);
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
