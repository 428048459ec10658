import { Command } from 'commander';
import { migrateDatabase } from '../../../slashing-db/index.ts';
import { cliError } from '../../cli-errors.ts';
import { chainSpecOf, commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { serverPlace } from '../../database/server-place.ts';

export function slashingDbMigrateCommand(): Command {
  return new Command('migrate')
    .description('make or bring up to date the tables of Vigil in a PostgreSQL database; signers never do it')
    .addHelpText(
      'after',
      examples(
        "vigil slashing-db migrate --network mainnet --slashing-db 'postgresql://vigil@db.example:5432/vigil?sslmode=verify-full'",
      ),
    )
    .action(async (_options, command: Command) => {
      const context = commandContext(command);
      const place = serverPlace(context.settings);
      if (place === null) {
        throw cliError(
          'BAD_ARGUMENT',
          '--slashing-db names no database; the file in a data directory is brought up to date by the signer itself',
        );
      }
      const spec = await chainSpecOf(context);
      const { from, to } = await migrateDatabase(place, spec.genesisValidatorsRoot);
      context.output.result({ from, to, network: spec.name }, [
        from === to
          ? `the tables are up to date (version ${to})`
          : `the tables are of version ${to} now; they were of version ${from}`,
      ]);
    });
}
