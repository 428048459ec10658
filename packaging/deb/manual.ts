import { gzipSync } from 'node:zlib';
import { COMPLETIONS, type Shell } from '../../cli/commands/completion.ts';
import { createProgram } from '../../cli/program.ts';
import { commandPage } from '../../cli/reference/command-page.ts';
import { allCommands, describeCommands } from '../../cli/reference/describe-commands.ts';
import { pageName } from '../../cli/reference/roff.ts';
import { settingsPage } from '../../cli/reference/settings-page.ts';
import { textEntry, type Entry, type FileTree } from '../file-tree.ts';
import { dayOf, manifest } from '../source.ts';

/** Where each shell looks for completions of packages. */
const COMPLETION_PATHS: Readonly<Record<Shell, string>> = {
  bash: 'usr/share/bash-completion/completions/vigil',
  zsh: 'usr/share/zsh/vendor-completions/_vigil',
  fish: 'usr/share/fish/vendor_completions.d/vigil.fish',
};

/** Manual pages and completions, read off the command line. */
export async function manualFiles(time: Date): Promise<FileTree> {
  const about = { version: manifest().version, date: dayOf(time) };
  const program = describeCommands(await createProgram());
  const pages = allCommands(program).map((command): [string, Entry] => [
    `usr/share/man/man1/${pageName(command.path)}.1.gz`,
    zipped(commandPage(command, about)),
  ]);
  const completions = (Object.keys(COMPLETION_PATHS) as Shell[]).map((shell): [string, Entry] => [
    COMPLETION_PATHS[shell],
    textEntry(COMPLETIONS[shell](program)),
  ]);
  return new Map([
    ...pages,
    ['usr/share/man/man5/vigil.yaml.5.gz', zipped(settingsPage(about))],
    ...completions,
  ]);
}

/** Without a name or a time in it. */
export const zipped = (text: string): Entry => textEntry(gzipSync(text, { level: 9 }));
