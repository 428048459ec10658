import type { CommandReference, NoteReference, OptionReference } from './describe-commands.ts';
import {
  bold,
  italic,
  item,
  pageHead,
  pageName,
  reference,
  roff,
  section,
  sentence,
  verbatim,
  type PageAbout,
} from './roff.ts';

/** The manual page (section 1) of one command. */
export function commandPage(command: CommandReference, about: PageAbout): string {
  const name = pageName(command.path);
  const isRoot = command.path.length === 1;
  const { arguments: words, notes } = command;
  return [
    pageHead(name, 1, about),
    section('name', `${roff(name)} \\- ${roff(command.summary)}`),
    section('synopsis', synopsis(command)),
    ...(isRoot ? [section('description', DESCRIPTION)] : []),
    ...(words.length === 0
      ? []
      : [section('arguments', ...words.map(({ shown, summary }) => item(italic(shown), summary)))]),
    ...(command.commands.length === 0 ? [] : [section('commands', ...command.commands.map(commandItem))]),
    section('options', ...command.options.map(optionItem), ...(isRoot ? [] : [inherited(command)])),
    ...notes.filter(({ title }) => title !== 'Examples').map(noteSection),
    ...notes
      .filter(({ title }) => title === 'Examples')
      .map(({ lines }) => section('examples', verbatim(unindented(lines)))),
    section('exit status', ...EXIT_STATUS.map(([code, meaning]) => item(bold(code), meaning))),
    ...(isRoot ? [section('environment', ENVIRONMENT), section('files', FILES)] : []),
    section('see also', seeAlso(command)),
    '',
  ].join('\n');
}

const DESCRIPTION = [
  'Vigil is a remote signer for Ethereum validators with a slashing guard in front of the keys, and a monitor of',
  'validators. A message is signed only after the slashing database has recorded it durably; what could be slashed is',
  'refused, with a reason.',
  '.PP',
  'The options below are those of every command. Each can also be set in the environment or in the configuration file;',
  `see ${reference('vigil.yaml', 5)}.`,
].join('\n');

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Success.'],
  ['1', 'Failure. Code, message and a hint are on standard error; with --json as JSON.'],
  ['2', 'The command line or the configuration is wrong. Nothing was done.'],
  ['3', 'Refused for safety. A person has to look before it is tried again.'],
];

const ENVIRONMENT = [
  `Every setting of ${reference('vigil.yaml', 5)} can be given as ${bold('VIGIL_')}${italic('NAME')}: ${bold('http-port')} is`,
  `${bold('VIGIL_HTTP_PORT')}. Flags go before the environment, the environment before the file. A variable of that form`,
  'that is no setting is an error.',
].join('\n');

const FILES = [
  item(italic('DATA-DIR/vigil.yaml'), 'Configuration, unless --config names another file.'),
  item(
    italic('DATA-DIR/slashing-protection.sqlite'),
    'The slashing database. Never copy it while the signer runs.',
  ),
  item(italic('/etc/vigil/signer.yaml, /etc/vigil/monitor.yaml'), 'Configuration of the system services.'),
  item(italic('/usr/share/doc/vigil'), 'What is called docs/ in these pages, where Vigil came as a package.'),
  item(italic('/var/lib/vigil, /var/lib/vigil-monitor'), 'Data directories of the system services.'),
].join('\n');

function synopsis({ path, arguments: words, commands, options }: CommandReference): string {
  const wanted = options.filter(({ mandatory }) => mandatory).map(flags);
  const rest = commands.length === 0 ? '' : ` ${italic('command')}`;
  return [
    bold(path.join(' ')),
    ...wanted,
    `[${italic('options')}]${rest}`,
    ...words.map(({ shown }) => italic(shown)),
  ].join(' ');
}

const optionItem = (option: OptionReference): string =>
  item(flags(option), option.mandatory ? `${option.summary} (required)` : option.summary);

const commandItem = ({ path, summary }: CommandReference): string =>
  `.TP\n${reference(pageName(path), 1)}\n${roff(sentence(summary))}`;

/** `-V, --version`, `--out FILE`: what is typed in bold, what stands for something in italics. */
function flags({ long, short, value, flags: shown }: OptionReference): string {
  const names = [short, long].flatMap((name) => (name === null ? [] : [bold(name)])).join(', ');
  return value === null ? names : `${names} ${italic(`${value}${shown.includes('...') ? '...' : ''}`)}`;
}

function inherited({ inherited: options }: CommandReference): string {
  const names = options.filter(({ long }) => long !== '--version').map(({ long }) => bold(long));
  return `.PP\nAnd those of every command, which are in ${reference('vigil', 1)}:\n${names.join(', ')}.`;
}

/** Its indented lines stay as they are; a paragraph is filled. */
function noteSection({ title, lines }: NoteReference): string {
  if (title === null) return section('notes', roff(lines.join('\n')));
  return section('notes', `${roff(title)}:`, verbatim(unindented(lines)));
}

const unindented = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^ {2}/, ''));

function seeAlso({ path, commands }: CommandReference): string {
  const above = path.length === 1 ? [] : [path.slice(0, -1)];
  const near = [...above, ...commands.map((command) => command.path)].map(pageName);
  return [...near.map((name) => reference(name, 1)), reference('vigil.yaml', 5)].join(',\n');
}
