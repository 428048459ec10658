import type { Pubkey } from '../../core/units.ts';
import { cliError } from '../cli-errors.ts';
import { confirm } from '../confirm.ts';
import { parseValidatorId } from './ask-validators.ts';

export interface ConfirmOptions {
  readonly yes?: true;
  readonly validators?: string[];
}

interface Named {
  readonly index: bigint;
  readonly pubkey: Pubkey;
}

/**
 * For what can never be undone: `--yes` alone is not enough, the validators have to be named with it, all and no others,
 * so that a script cannot send whatever happens to be in a file.
 * @param state `nothingToDo`: names are compared, and nothing is asked
 * @throws BAD_ARGUMENT, CONFIRMATION_NEEDED, PROMPT_ABANDONED
 */
export async function confirmNamed(
  consequences: readonly string[],
  { yes, validators }: ConfirmOptions,
  actual: readonly Named[],
  { nothingToDo = false }: { readonly nothingToDo?: boolean } = {},
): Promise<void> {
  if (validators !== undefined) {
    const named = new Set(validators.map(parseValidatorId));
    const missing = actual.filter(({ index, pubkey }) => !named.has(index) && !named.has(pubkey));
    const all = new Set(actual.flatMap(({ index, pubkey }) => [index, pubkey]));
    const others = [...named].filter((id) => !all.has(id));
    if (missing.length > 0 || others.length > 0) {
      throw cliError(
        'BAD_ARGUMENT',
        `--validators does not name the same as the file, which has ${actual.map(({ index }) => index.toString()).join(', ')}`,
      );
    }
  } else if (yes === true) {
    throw cliError('BAD_ARGUMENT', 'with --yes say also which: --validators with every one of them');
  }
  if (!nothingToDo) await confirm(consequences, yes === true);
}
