import { z } from 'zod';
import { isVigilError } from '../../core/errors.ts';
import type { ActBody, ActName } from '../../signer/admin/act-bodies.ts';
import { performAct, type ActResult } from '../../signer/admin/perform-act.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { actingUser } from '../acting-user.ts';
import { callSigner } from '../call-signer.ts';
import type { CommandContext } from '../command-context.ts';
import { requireDatabase } from '../database/require-database.ts';
import { withGuard } from '../database/with-guard.ts';

const actResult = z.object({ keys: z.number().nullable(), receipt: z.string().optional() });

/**
 * Does an act on keys: on the database itself when no signer runs, through the running signer when one does.
 * @throws what the act throws, NOT_INITIALISED, SIGNER_NOT_REACHED
 */
export async function actOnKeys<Name extends ActName>(
  context: CommandContext,
  name: Name,
  body: Omit<ActBody<Name>, 'by'>,
): Promise<ActResult> {
  // On a database that it made itself, "all keys are frozen" would be said while the keys sign on elsewhere. Only a
  // signer that takes keys over may be new.
  if (name !== 'takeover' && context.settings['slashing-db'] === null)
    requireDatabase(databasePath(context.settings['data-dir']));
  const by = actingUser(`keys ${name}`);
  try {
    return await withGuard(context, (guard) => performAct(guard, name, body, by));
  } catch (error) {
    if (!isVigilError(error, 'DB_IN_USE')) throw error;
    const answer = await callSigner(context.settings, `/vigil/v1/keys/${name}`, { ...body, by });
    return actResult.parse(answer) as ActResult;
  }
}
