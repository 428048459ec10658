import { Command } from 'commander';
import { actOnKeys } from '../../keys/act-on-keys.ts';
import { commandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { examples } from '../../options/examples.ts';

interface Options {
  readonly sourceEpoch: string;
  readonly reason: string;
  readonly yes?: true;
}

export function keysOverrideFloorCommand(): Command {
  return new Command('override-floor')
    .description('let one key vote with a source below the boot floor, while the chain does not finalise')
    .argument('<pubkey>', 'public key, 0x and 96 hex digits')
    .requiredOption('--source-epoch <E>', 'lowest source it may vote with')
    .requiredOption('--reason <TEXT>', 'why, for the history')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples('vigil keys override-floor 0xa99a…8c7b --source-epoch 411990 --reason "no finality"'),
    )
    .action(async (pubkey: string, options: Options, command: Command) => {
      const context = commandContext(command);
      const { sourceEpoch, reason } = options;
      await confirm(
        [
          `You state that ${pubkey} never voted with a source above ${sourceEpoch}, anywhere.`,
          'If it did, votes let out now can be slashed.',
        ],
        options.yes === true,
      );
      const body = { pubkey, source_epoch: sourceEpoch, reason };
      const result = await actOnKeys(context, 'override-floor', body);
      context.output.result(result, [`the key may vote with sources from epoch ${sourceEpoch} on`]);
    });
}
