import { Command } from 'commander';
import type { Settings } from '../../../core/config/settings.ts';
import type { Pubkey } from '../../../core/units.ts';
import { parsePubkey } from '../../../core/units.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { requireDataDirectory } from '../../database/require-database.ts';
import { examples } from '../../options/examples.ts';
import { knownKeys } from '../../keys/known-keys.ts';
import { removeKeys } from '../../keys/remove-keys.ts';
import { assertWritable, writeOutFile } from '../../output/write-out-file.ts';

interface Options {
  readonly out?: string;
  readonly yes?: true;
}

export function keysRemoveCommand(): Command {
  return new Command('remove')
    .description(
      'end keys in this signer for good and write their interchange file; works through a running signer',
    )
    .argument('<pubkey...>', 'public keys, 0x and 96 hex digits')
    .option(
      '--out <FILE>',
      'write the interchange file of the removed keys there, for the signer they move to',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('vigil keys remove 0xa99a…8c7b --out moved.json --yes'))
    .action(async (texts: string[], options: Options, command: Command) => {
      const context = commandContext(command);
      requireDataDirectory(context.settings['data-dir']);
      const pubkeys = [...new Set(texts.map((text) => parsePubkey(text, 'pubkey')))];
      if (options.out !== undefined) assertWritable(options.out);
      const elsewhere = await withoutKeystore(context.settings, pubkeys);
      await confirm(
        [
          `This ends ${pubkeys.length} key(s) in this signer: keystores and passwords are deleted, a tombstone stays.`,
          ...(elsewhere === 0
            ? []
            : [
                `${elsewhere} of them have no keystore in this data directory: it is gone, or a key source or another signer of the same database has the key. The tombstone keeps them from signing here even when it comes back.`,
              ]),
          options.out === undefined
            ? 'Their signing history stays here; `vigil slashing-db export` writes it for where the keys go next.'
            : `Their signing history goes to ${options.out}; import it where the keys go next.`,
        ],
        options.yes === true,
      );
      const { out } = options;
      await removeKeys(
        context,
        pubkeys,
        out === undefined ? null : (interchange) => writeOutFile(out, interchange),
      );
      const results = pubkeys.map((pubkey) => ({ pubkey, status: 'deleted' }));
      context.output.table(
        results,
        ['pubkey', 'status'],
        results.map(({ pubkey, status }) => [pubkey, status]),
      );
    });
}

/**
 * A key need not have a keystore here to be ended, but somebody has to have let it sign: no tombstone for a slip of the
 * finger. @returns how many have none
 * @throws BAD_ARGUMENT
 */
async function withoutKeystore(settings: Settings, pubkeys: readonly Pubkey[]): Promise<number> {
  const { stored, active } = await knownKeys(settings);
  const unknown = pubkeys.filter((pubkey) => !stored.has(pubkey) && !active.has(pubkey));
  if (unknown.length > 0)
    throw cliError('BAD_ARGUMENT', `not a key of this data directory: ${unknown.join(', ')}`);
  return pubkeys.filter((pubkey) => !stored.has(pubkey)).length;
}
