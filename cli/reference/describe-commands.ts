import type { Argument, Command, Option } from 'commander';
import type { EventEmitter } from 'node:events';
import { SETTINGS } from '../../core/config/settings.ts';
import { unshadowedGlobalOptions } from '../options/shadowed-options.ts';

/** What a shell may offer where a value is wanted. */
export type Offer = 'nothing' | 'files' | 'folders' | readonly string[];

export interface OptionReference {
  /** As in `--help`: `-V, --version`, `--out <FILE>`. */
  readonly flags: string;
  readonly long: string;
  readonly short: string | null;
  /** What stands for the value; null for an option without one. */
  readonly value: string | null;
  readonly summary: string;
  readonly mandatory: boolean;
  readonly offer: Offer;
}

export interface ArgumentReference {
  /** As in a synopsis: `<pubkey...>`, `[pubkey...]`. */
  readonly shown: string;
  readonly summary: string;
  readonly offer: Offer;
}

/** A part of the text after the options: lines as they are below a title, or a paragraph. */
export interface NoteReference {
  readonly title: string | null;
  readonly lines: readonly string[];
}

export interface CommandReference {
  /** From `vigil` down. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly arguments: readonly ArgumentReference[];
  readonly options: readonly OptionReference[];
  /** Those of every verb, without the ones that this verb gives a meaning of its own. */
  readonly inherited: readonly OptionReference[];
  readonly notes: readonly NoteReference[];
  readonly commands: readonly CommandReference[];
}

/** The command line as data, from which manual pages and completions are made. */
export function describeCommands(command: Command, above: readonly string[] = []): CommandReference {
  const path = [...above, command.name()];
  return {
    path,
    summary: command.description(),
    arguments: command.registeredArguments.map(argumentReference),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionReference), HELP],
    inherited: above.length === 0 ? [] : unshadowedGlobalOptions(command).map(optionReference),
    notes: notesOf(command),
    commands: command.commands.map((child) => describeCommands(child, path)),
  };
}

/** Every command, parents before their children. */
export const allCommands = (command: CommandReference): CommandReference[] => [
  command,
  ...command.commands.flatMap(allCommands),
];

/** Commander makes it when it prints, and lists it nowhere. */
const HELP: OptionReference = {
  ...{ flags: '-h, --help', long: '--help', short: '-h', value: null },
  ...{ summary: 'print what this command takes, and examples', mandatory: false, offer: 'nothing' },
};

function optionReference(option: Option): OptionReference {
  const value = /[<[](.+?)(\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? null;
  return {
    flags: option.flags,
    long: option.long ?? option.flags,
    short: option.short ?? null,
    value,
    summary: withoutThisMachine(option.description),
    mandatory: option.mandatory,
    offer: value === null ? 'nothing' : (option.argChoices ?? offerFor(value)),
  };
}

function argumentReference(argument: Argument): ArgumentReference {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return {
    shown: argument.required ? `<${name}>` : `[${name}]`,
    summary: argument.description,
    offer: argument.argChoices ?? offerFor(argument.name()),
  };
}

/** By the word that stands for the value: `FILE`, `DIR`, `on|off`. */
function offerFor(value: string): Offer {
  if (/^[a-z0-9]+(\|[a-z0-9]+)+$/.test(value)) return value.split('|');
  if (/^DIR$/i.test(value)) return 'folders';
  return /FILE|PATH|MANIFEST|RECEIPT/i.test(value) ? 'files' : 'nothing';
}

/** The default data directory is in the home of whoever runs this; a reference is read by others. */
const withoutThisMachine = (summary: string): string =>
  summary.replace(SETTINGS['data-dir'].fallback, '~/.local/share/vigil');

/** What `addHelpText('after', ...)` prints: paragraphs, of which some are a title over indented lines. */
function notesOf(command: Command): NoteReference[] {
  let text = '';
  const write = (more: string): void => void (text += `${more}\n`);
  // It is one; its types do not say so.
  const emitter: unknown = command;
  (emitter as EventEmitter).emit('afterHelp', { error: false, command, write });
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/^\n+|\s+$/g, '').split('\n'))
    .filter(([first]) => first !== '')
    .map(([first = '', ...rest]) =>
      first.endsWith(':') && rest[0]?.startsWith('  ') === true
        ? { title: first.slice(0, -1), lines: rest }
        : { title: null, lines: [first, ...rest] },
    );
}
