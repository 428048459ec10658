import { parsePubkey } from '../../core/units.ts';
import { cliError } from '../cli-errors.ts';

export interface KeySelection {
  readonly all?: true;
}

/** Named keys, or all of them with `--all`; never all by leaving something out. @throws BAD_ARGUMENT */
export function keySelection(texts: readonly string[], { all }: KeySelection): 'all' | string[] {
  if ((texts.length === 0) === (all !== true)) {
    throw cliError('BAD_ARGUMENT', 'name public keys, or say --all, but not both');
  }
  return all === true ? 'all' : texts.map((text) => parsePubkey(text, 'pubkey'));
}
