import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { CONFIG_FILE_NAME } from '../../core/config/resolve-settings.ts';
import { loadOrCreateToken } from '../../signer/api-token.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { shownUrl, type SharedPlace } from '../../slashing-db/index.ts';
import { writePrivateFile } from '../../signer/keystore/private-file.ts';
import { cliError } from '../cli-errors.ts';
import { chainSpecOf, commandContext, type CommandContext } from '../command-context.ts';
import { networkValues } from '../options/network-values.ts';
import { withGuard } from '../database/with-guard.ts';
import { examples } from '../options/examples.ts';
import { serverPlace } from '../database/server-place.ts';

export function initCommand(): Command {
  return new Command('init')
    .description('make a data directory: configuration, empty slashing database, API token')
    .addHelpText('after', examples('vigil init --data-dir /var/lib/vigil --network hoodi'))
    .action(async (_options, command: Command) => {
      const context = commandContext(command);
      const { settings, output } = context;
      const dataDir = settings['data-dir'];
      const configPath = join(dataDir, CONFIG_FILE_NAME);
      if (existsSync(configPath)) throw cliError('FILE_EXISTS', `${configPath} is there already`);
      const spec = await chainSpecOf(context);
      const place = serverPlace(settings);
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      await withGuard(context, () => Promise.resolve());
      await loadOrCreateToken(dataDir);
      await writePrivateFile(configPath, configText(context, spec, place));
      output.result({ dataDir, network: spec.name, genesisValidatorsRoot: spec.genesisValidatorsRoot }, [
        `network            ${spec.name}`,
        `data directory     ${dataDir}`,
        `configuration      ${configPath}`,
        `slashing database  ${place === null ? `${databasePath(dataDir)} (empty)` : shownUrl(place.url)}`,
        '',
        'Next: bring in keys with their history, then start the signer:',
        `  vigil keys import --data-dir ${dataDir} --keystores PATH --password-file FILE --slashing-protection FILE`,
        `  vigil signer --data-dir ${dataDir}`,
      ]);
    });
}

function configText(context: CommandContext, spec: ChainSpec, place: SharedPlace | null): string {
  const { url = null, passwordFile = null } = place ?? {};
  const values = {
    ...networkValues(context, spec),
    ...(url === null ? {} : { 'slashing-db': url }),
    ...(passwordFile === null ? {} : { 'slashing-db-password-file': passwordFile }),
  };
  return `# Configuration of Vigil. Flags and VIGIL_* environment variables go before it; see docs/config.md.\n${stringify(values)}`;
}
