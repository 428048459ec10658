import { completionPlaces, quoted, type CompletionPlace } from './completion-words.ts';
import type { CommandReference, Offer, OptionReference } from './describe-commands.ts';

/** The completion of bash. It needs nothing besides bash itself. */
export function bashCompletion(root: CommandReference): string {
  const places = completionPlaces(root);
  const everywhere = root.options;
  const deeper = places.slice(1).map(({ words }) => quoted(words));
  return `# bash completion for vigil, made by \`vigil completion bash\`
_vigil() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} at=vigil words i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at \${COMP_WORDS[i]}" in
      ${deeper.join(' | \\\n      ')})
        at="$at \${COMP_WORDS[i]}" ;;
    esac
  done
  if [[ $previous == -* ]]; then
    case "$at $previous" in
${places.slice(1).flatMap(valuesOf).join('\n')}
${everywhere.flatMap(valueEverywhere).join('\n')}
    esac
  fi
  case "$at" in
${places.map(wordsOf).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words ${everywhere.map(({ long }) => long).join(' ')}" -- "$current")
}
complete -F _vigil vigil
`;
}

const valuesOf = ({ words, options }: CompletionPlace): string[] =>
  options
    .filter(({ value }) => value !== null)
    .map(({ long, offer }) => `      ${quoted(`${words} ${long}`)}) ${answer(offer)} return ;;`);

/** After those of the verbs, which may have given one of these a meaning of their own. */
const valueEverywhere = ({ long, value, offer }: OptionReference): string[] =>
  value === null ? [] : [`      *${quoted(` ${long}`)}) ${answer(offer)} return ;;`];

function answer(offer: Offer): string {
  if (offer === 'nothing') return '';
  const made = offer === 'files' ? '-f' : offer === 'folders' ? '-d' : `-W ${quoted(offer.join(' '))}`;
  const names = offer === 'files' || offer === 'folders' ? ' compopt -o filenames 2>/dev/null;' : '';
  return `mapfile -t COMPREPLY < <(compgen ${made} -- "$current");${names}`;
}

function wordsOf({ words, verbs, values, options, takesFiles }: CompletionPlace): string {
  const own = words.includes(' ') ? options.map(({ long }) => long) : [];
  const offered = [...verbs.map(({ name }) => name), ...values, ...own].join(' ');
  const files = takesFiles ? `if [[ $current != -* ]]; then ${answer('files')} return; fi; ` : '';
  return `    ${quoted(words)}) ${files}words=${quoted(offered)} ;;`;
}
