import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { actOnKeys } from '../../keys/act-on-keys.ts';
import { cliError } from '../../cli-errors.ts';
import { commandContext } from '../../command-context.ts';
import { examples } from '../../options/examples.ts';

export function keysTakeoverCommand(): Command {
  return new Command('takeover')
    .description('take keys that another signer handed over: they sign here from its epoch on')
    .argument('<receipt>', 'file that `vigil keys handover` wrote')
    .option('--reason <TEXT>', 'why, for the history', 'hand-over')
    .addHelpText('after', examples('vigil keys takeover receipt.json --data-dir /var/lib/vigil'))
    .action(async (file: string, { reason }: { reason: string }, command: Command) => {
      const context = commandContext(command);
      const result = await actOnKeys(context, 'takeover', { receipt: readText(file), reason });
      context.output.result(result, [
        `took over ${result.keys} key(s); import their keystores with \`vigil keys import\` if they are not here yet`,
      ]);
    });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw cliError('BAD_ARGUMENT', `${file} cannot be read: ${(error as Error).message}`, error);
  }
}
