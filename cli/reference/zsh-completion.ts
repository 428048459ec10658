import { brief, completionPlaces, quoted, type CompletionPlace } from './completion-words.ts';
import type { CommandReference, Offer, OptionReference } from './describe-commands.ts';

/** The completion of zsh, a function `_vigil` for a folder of `fpath`. */
export function zshCompletion(root: CommandReference): string {
  const places = completionPlaces(root);
  const deeper = places.slice(1).map(({ words }) => quoted(words));
  return `#compdef vigil
# zsh completion for vigil, made by \`vigil completion zsh\`
_vigil() {
  local at=vigil i
  local -a verbs everywhere
  everywhere=(${root.options.map(specification).join(' ')})
  for ((i = 2; i < CURRENT; i++)); do
    case "$at \${words[i]}" in
      ${deeper.join('|\\\n      ')})
        at="$at \${words[i]}" ;;
    esac
  done
  case "$at" in
${places.map(branch).join('\n')}
  esac
}
_vigil "$@"
`;
}

function branch({ words, verbs, values, options, takesFiles }: CompletionPlace): string {
  const offers = verbs.map(({ name, summary }) => quoted(`${name.replaceAll(':', '\\:')}:${brief(summary)}`));
  const own = words.includes(' ') ? options.filter(({ long }) => long !== '--help') : [];
  // A lone space, which says that only the one who types knows, would keep options away too.
  const offered = takesFiles
    ? '_files'
    : values.length > 0
      ? `(${values.join(' ')})`
      : '_guard "^-*" argument';
  return [
    `    ${quoted(words)})`,
    ...(verbs.length === 0
      ? []
      : [
          // Where a verb may come, options are offered once a hyphen is typed.
          `      verbs=(${offers.join(' ')})`,
          `      [[ "\${words[CURRENT]}" != -* && "\${words[CURRENT - 1]}" != --* ]] && _describe verb verbs && return`,
        ]),
    `      _arguments -S ${[...own.map(specification), quoted(`*:argument:${offered}`)].join(' ')} $everywhere ;;`,
  ].join('\n');
}

/** `--out[what it is]:FILE:_files`, as _arguments wants it. */
function specification({ long, value, summary, offer }: OptionReference): string {
  const text = brief(summary).replaceAll(/[[\]:\\]/g, '\\$&');
  return quoted(
    `*${long}[${text}]${value === null ? '' : `:${value.replaceAll(':', '\\:')}:${action(offer)}`}`,
  );
}

function action(offer: Offer): string {
  if (offer === 'nothing') return ' ';
  if (offer === 'files') return '_files';
  return offer === 'folders' ? '_files -/' : `(${offer.join(' ')})`;
}
