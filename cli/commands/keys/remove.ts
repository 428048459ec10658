import { Command } from 'commander';
import type { Pubkey } from '../../../core/units.ts';
import { parsePubkey } from '../../../core/units.ts';
import { KeyDirectory } from '../../../signer/keystore/key-directory.ts';
import { actingUser } from '../../acting-user.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { examples } from '../../options/examples.ts';
import { withKeyManager } from '../../keys/with-key-manager.ts';
import { writeOutFile } from '../../output/write-out-file.ts';

interface Options {
  readonly out?: string;
  readonly yes?: true;
}

export function keysRemoveCommand(): Command {
  return new Command('remove')
    .description('end keys in this signer for good and write their interchange file')
    .argument('<pubkey...>', 'public keys, 0x and 96 hex digits')
    .option(
      '--out <FILE>',
      'write the interchange file of the removed keys there, for the signer they move to',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('vigil keys remove 0xa99a…8c7b --out moved.json --yes'))
    .action(async (texts: string[], options: Options, command: Command) => {
      const context = commandContext(command);
      const pubkeys = texts.map((text) => parsePubkey(text, 'pubkey'));
      await assertStored(context.settings['data-dir'], pubkeys);
      await confirm(
        [
          `This ends ${pubkeys.length} key(s) in this signer: keystores and passwords are deleted, a tombstone stays.`,
          options.out === undefined
            ? 'Their signing history stays here; `vigil slashing-db export` writes it for where the keys go next.'
            : `Their signing history goes to ${options.out}; import it where the keys go next.`,
        ],
        options.yes === true,
      );
      const results = await withKeyManager(context, async (keyManager, guard) => {
        const statuses: { pubkey: Pubkey; status: string }[] = [];
        for (const pubkey of pubkeys) {
          await keyManager.deleteKey(pubkey, actingUser('keys remove'));
          statuses.push({ pubkey, status: 'deleted' });
        }
        if (options.out !== undefined) {
          writeOutFile(options.out, [...guard.exportInterchange(pubkeys)].join(''));
        }
        return statuses;
      });
      context.output.table(
        results,
        ['pubkey', 'status'],
        results.map(({ pubkey, status }) => [pubkey, status]),
      );
    });
}

async function assertStored(dataDir: string, pubkeys: readonly Pubkey[]): Promise<void> {
  const stored = await new KeyDirectory(dataDir).list();
  const missing = pubkeys.filter((pubkey) => !stored.includes(pubkey));
  if (missing.length > 0)
    throw cliError('BAD_ARGUMENT', `not a key of this data directory: ${missing.join(', ')}`);
}
