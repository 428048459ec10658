import { Command } from 'commander';
import { actOnKeys } from '../../keys/act-on-keys.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';
import { keySelection, type KeySelection } from '../../keys/key-selection.ts';

export function keysUnfreezeCommand(): Command {
  return new Command('unfreeze')
    .description('let frozen keys sign again')
    .argument('[pubkey...]', 'public keys, 0x and 96 hex digits')
    .option('--all', 'lift the freeze of all keys; keys that were frozen one by one stay frozen')
    .requiredOption('--reason <TEXT>', 'why, for the history')
    .addHelpText(
      'after',
      examples(
        'vigil keys unfreeze 0xa99a…8c7b --reason "was a false alarm"',
        'vigil keys unfreeze --all --reason "was a false alarm"',
      ),
    )
    .action(async (texts: string[], options: KeySelection & { reason: string }, command: Command) => {
      const context = commandContext(command);
      const pubkeys = keySelection(texts, options);
      const { reason } = options;
      const result = await actOnKeys(context, 'unfreeze', { pubkeys, reason });
      context.output.result(result, [
        result.keys === null ? 'the freeze of all keys is lifted' : `unfroze ${result.keys} key(s)`,
      ]);
    });
}
