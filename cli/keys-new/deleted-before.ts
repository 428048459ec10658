import { validatorPath } from '../../key-life/derivation/key-path.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import type { Guard } from '../../slashing-db/index.ts';
import { confirm } from '../confirm.ts';
import type { Making } from './make-keystores.ts';

/** So many are named; of more the number says enough. */
const NAMED = 20;

/**
 * Goes on only with a word of the operator where keys that were deleted here would come back. A deletion is how a key
 * leaves for another signer, and a range of a mnemonic that begins too early says nothing of it.
 * @throws CONFIRMATION_NEEDED, PROMPT_ABANDONED; then nothing was made
 */
export async function confirmReturn(
  guard: Pick<Guard, 'listKeys'>,
  { tree, indices }: Pick<Making, 'tree' | 'indices'>,
  yes: boolean,
): Promise<void> {
  const deleted = new Set(
    guard.listKeys().flatMap(({ pubkey, state }) => (state === 'deleted' ? [pubkey] : [])),
  );
  // Deriving thousands of keys takes a while, and mostly nothing was ever deleted.
  if (yes || deleted.size === 0) return;
  const returning = indices.flatMap((index) => {
    const pubkey = pubkeyOf(tree.validatorKey(index, 'signing'));
    return deleted.has(pubkey) ? [`  ${pubkey}  ${validatorPath(index, 'signing')}`] : [];
  });
  if (returning.length === 0) return;
  const more = returning.length - NAMED;
  await confirm(
    [
      `${returning.length} of these ${indices.length} keys were deleted here before:`,
      ...returning.slice(0, NAMED),
      ...(more > 0 ? [`  and ${more} more`] : []),
      'They would come back and sign here again from the next epoch.',
      'Where they moved to another signer, two would have them then, and the validators can be slashed.',
    ],
    yes,
  );
}
