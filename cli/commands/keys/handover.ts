import { Command } from 'commander';
import { actOnKeys } from '../../keys/act-on-keys.ts';
import { commandContext } from '../../command-context.ts';
import { confirm } from '../../confirm.ts';
import { examples } from '../../options/examples.ts';
import { keySelection, type KeySelection } from '../../keys/key-selection.ts';
import { assertWritable, writeOutFile } from '../../output/write-out-file.ts';

interface Options extends KeySelection {
  readonly outEpoch: string;
  readonly reason: string;
  readonly out?: string;
  readonly yes?: true;
}

export function keysHandoverCommand(): Command {
  return new Command('handover')
    .description('give keys to another signer from an epoch on: this one signs only below it, for ever')
    .argument('[pubkey...]', 'public keys, 0x and 96 hex digits')
    .option('--all', 'all active keys of this signer')
    .requiredOption('--out-epoch <E>', 'first epoch that is not signed here any more')
    .option('--reason <TEXT>', 'why, for the history', 'hand-over')
    .option('--out <FILE>', 'write the receipt there instead of stdout')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'vigil keys handover --all --out-epoch 412000 --out receipt.json  # here',
        'vigil keys takeover receipt.json  # there',
      ),
    )
    .action(async (texts: string[], options: Options, command: Command) => {
      const context = commandContext(command);
      const pubkeys = keySelection(texts, options);
      const { outEpoch, reason } = options;
      if (options.out !== undefined) assertWritable(options.out);
      await confirm(
        [
          `From epoch ${outEpoch} on this signer signs no block and no vote of ${pubkeys === 'all' ? 'any of the keys that it has now' : `${pubkeys.length} key(s)`}.`,
          'This is not undone: the keys come back only with a receipt of the signer that takes them.',
        ],
        options.yes === true,
      );
      const { keys, receipt = '' } = await actOnKeys(context, 'handover', {
        pubkeys,
        out_epoch: outEpoch,
        reason,
      });
      if (options.out === undefined) {
        process.stdout.write(receipt);
        return;
      }
      writeOutFile(options.out, receipt);
      context.output.result({ keys, out: options.out }, [
        `handed over ${keys} key(s); receipt in ${options.out}`,
      ]);
    });
}
