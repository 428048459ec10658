import { Argument, Command } from 'commander';
import { examples } from '../options/examples.ts';
import { bashCompletion } from '../reference/bash-completion.ts';
import { describeCommands, type CommandReference } from '../reference/describe-commands.ts';
import { fishCompletion } from '../reference/fish-completion.ts';
import { zshCompletion } from '../reference/zsh-completion.ts';

export const COMPLETIONS = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
} as const satisfies Record<string, (root: CommandReference) => string>;

export type Shell = keyof typeof COMPLETIONS;
const SHELLS = Object.keys(COMPLETIONS) as Shell[];

/** Prints a script; what it completes is read off the command line that this command is part of. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print the completion of verbs and options for a shell')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'source <(vigil completion bash)',
        'vigil completion zsh > "${fpath[1]}/_vigil"',
        'vigil completion fish > ~/.config/fish/completions/vigil.fish',
      ),
    )
    .action((shell: Shell, _options, command: Command) => {
      let root = command;
      while (root.parent !== null) root = root.parent;
      process.stdout.write(COMPLETIONS[shell](describeCommands(root)));
    });
}
