import { z } from 'zod';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { loadOrCreateToken } from '../../signer/api-token.ts';
import { actingUser } from '../acting-user.ts';
import { parsedOrNull } from '../call-signer.ts';
import { cliError } from '../cli-errors.ts';
import type { CommandContext } from '../command-context.ts';
import { reachSigner } from '../running-signer.ts';
import { withKeysCached } from './with-key-manager.ts';

const answerBody = z.object({
  data: z.array(z.object({ status: z.string(), message: z.string() })),
  slashing_protection: z.string(),
});
/** Also a key that the signer had no secret of is ended: `not_active`. */
const ENDED: readonly string[] = ['deleted', 'not_active'];

/** Is given the interchange file of the keys, as soon as their tombstones stand. */
type Keep = (interchange: string) => void;

/**
 * Ends keys: on the data directory itself when no signer runs, through the running signer when one does.
 * @throws KEYS_NOT_REMOVED, SIGNER_NOT_REACHED, and what opening the database throws
 */
export async function removeKeys(
  context: CommandContext,
  pubkeys: readonly Pubkey[],
  keep: Keep | null,
): Promise<void> {
  try {
    await withKeysCached(context, async (keyManager, guard) => {
      // Before anything is deleted: where the history cannot be given out, nothing is.
      if (keep !== null) guard.exportInterchange([]);
      for (const pubkey of pubkeys) await keyManager.deleteKey(pubkey, actingUser('keys remove'));
      keep?.([...guard.exportInterchange(pubkeys)].join(''));
    });
  } catch (error) {
    if (!isVigilError(error, 'DB_IN_USE')) throw error;
    await throughSigner(context, pubkeys, keep);
  }
}

/** As any client of the keymanager API would, so that what holds for those holds here. */
async function throughSigner(
  { settings }: CommandContext,
  pubkeys: readonly Pubkey[],
  keep: Keep | null,
): Promise<void> {
  const token = await loadOrCreateToken(settings['data-dir']);
  const { url, status, text } = await reachSigner(settings, {
    listener: 'admin',
    method: 'DELETE',
    path: '/eth/v1/keystores',
    headers: { authorization: `Bearer ${token}` },
    body: { pubkeys },
  });
  const answer = answerBody.safeParse(parsedOrNull(text));
  if (status !== 200 || !answer.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${status}`);
  const { data, slashing_protection: interchange } = answer.data;
  keep?.(interchange);
  const left = pubkeys.flatMap((pubkey, index) => {
    const { status: became = 'error', message = '' } = data[index] ?? {};
    return ENDED.includes(became) ? [] : [`${pubkey} ${became} ${message}`.trimEnd()];
  });
  if (left.length > 0) throw cliError('KEYS_NOT_REMOVED', left.join('; '));
}
