import { Command } from 'commander';
import { actOnKeys } from '../../keys/act-on-keys.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { keySelection, type KeySelection } from '../../keys/key-selection.ts';

export function keysFreezeCommand(): Command {
  return new Command('freeze')
    .description('stop keys at once, until they are unfrozen; works on a running signer')
    .argument('[pubkey...]', 'public keys, 0x and 96 hex digits')
    .option('--all', 'all keys, also those that come in later; of all signers that share the database')
    .requiredOption('--reason <TEXT>', 'why, for the history')
    .addHelpText(
      'after',
      examples(
        'vigil keys freeze 0xa99a…8c7b --reason "signed elsewhere?"',
        'vigil keys freeze --all --reason "signed elsewhere?"',
      ),
    )
    .action(async (texts: string[], options: KeySelection & { reason: string }, command: Command) => {
      const context = commandContext(command);
      const pubkeys = keySelection(texts, options);
      const { reason } = options;
      const result = await actOnKeys(context, 'freeze', { pubkeys, reason });
      context.output.result(result, [
        result.keys === null ? 'all keys are frozen' : `froze ${result.keys} key(s)`,
      ]);
    });
}
