import { brief, completionPlaces, type CompletionPlace } from './completion-words.ts';
import type { CommandReference, Offer, OptionReference } from './describe-commands.ts';

/** The completion of fish. */
export function fishCompletion(root: CommandReference): string {
  const places = completionPlaces(root);
  const deeper = places.slice(1).map(({ words }) => quoted(words));
  return `# fish completion for vigil, made by \`vigil completion fish\`
function __vigil_at --description 'Whether the command line is at this verb'
    set -l at vigil
    for word in (commandline -opc)[2..-1]
        switch "$at $word"
            case ${deeper.join(' \\\n                ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv[1]"
end
complete -c vigil -f
${root.options.map((option) => `complete -c vigil ${switches(option)}`).join('\n')}
${places.flatMap(lines).join('\n')}
`;
}

function lines({ words, verbs, values, options, takesFiles }: CompletionPlace): string[] {
  const here = `complete -c vigil -n ${quoted(`__vigil_at "${words}"`)}`;
  const own = words.includes(' ') ? options.filter(({ long }) => long !== '--help') : [];
  return [
    ...verbs.map(({ name, summary }) => `${here} -a ${quoted(name)} -d ${quoted(brief(summary))}`),
    ...values.map((value) => `${here} -a ${quoted(value)}`),
    ...own.map((option) => `${here} ${switches(option)}`),
    ...(takesFiles ? [`${here} -F`] : []),
  ];
}

function switches({ long, short, value, summary, offer }: OptionReference): string {
  const letter = short === null ? '' : ` -s ${short.slice(1)}`;
  const kind = value === null ? '' : ` ${wanted(offer)}`;
  return `-l ${long.slice(2)}${letter}${kind} -d ${quoted(brief(summary))}`;
}

function wanted(offer: Offer): string {
  if (offer === 'nothing') return '-x';
  if (offer === 'files') return '-r -F';
  return offer === 'folders'
    ? `-x -a ${quoted('(__fish_complete_directories)')}`
    : `-x -a ${quoted(offer.join(' '))}`;
}

/** In single quotes fish knows a backslash before a quote or a backslash, and nothing else. */
const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
