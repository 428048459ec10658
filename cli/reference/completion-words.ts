import { allCommands, type CommandReference, type OptionReference } from './describe-commands.ts';

/** What all three shells need to know of a place in the command line. */
export interface CompletionPlace {
  /** `vigil keys import` */
  readonly words: string;
  readonly summary: string;
  readonly verbs: readonly { readonly name: string; readonly summary: string }[];
  /** Its own; those of the first place are those of every verb. */
  readonly options: readonly OptionReference[];
  /** What its arguments can be, where that is known. */
  readonly values: readonly string[];
  readonly takesFiles: boolean;
}

export const completionPlaces = (root: CommandReference): CompletionPlace[] =>
  allCommands(root).map((command) => ({
    words: command.path.join(' '),
    summary: command.summary,
    verbs: command.commands.map(({ path, summary }) => ({ name: path.at(-1) ?? '', summary })),
    options: command.options,
    values: command.arguments.flatMap(({ offer }) => (typeof offer === 'string' ? [] : offer)),
    takesFiles: command.arguments.some(({ offer }) => offer === 'files'),
  }));

/** A word for a POSIX shell, and for zsh, that means itself whatever is in it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The first clause of a summary: a list of completions is read at a glance. */
export const brief = (summary: string): string => {
  const [clause = ''] = summary.split(/[;:(] ?| \[env/, 1);
  return clause.trim();
};
