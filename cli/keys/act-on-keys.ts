import { z } from 'zod';
import { isVigilError } from '../../core/errors.ts';
import type { ActBody, ActName } from '../../signer/admin/act-bodies.ts';
import { performAct, type ActResult, type OwnKeys } from '../../signer/admin/perform-act.ts';
import { databasePath } from '../../signer/data-directory.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';
import type { Settings } from '../../core/config/settings.ts';
import { actingUser } from '../acting-user.ts';
import { callSigner } from '../call-signer.ts';
import { cliError } from '../cli-errors.ts';
import type { CommandContext } from '../command-context.ts';
import { requireDatabase, requireDataDirectory } from '../database/require-database.ts';
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
  if (context.settings['slashing-db'] !== null) requireDataDirectory(context.settings['data-dir']);
  else if (name !== 'takeover') requireDatabase(databasePath(context.settings['data-dir']));
  const by = actingUser(`keys ${name}`);
  try {
    const own = ownKeys(context.settings);
    return await withGuard(context, (guard) => performAct(guard, name, body, by, own));
  } catch (error) {
    if (!isVigilError(error, 'DB_IN_USE')) throw error;
    const answer = await callSigner(context.settings, `/vigil/v1/keys/${name}`, { ...body, by });
    return actResult.parse(answer) as ActResult;
  }
}

/** Whose keystores are in the data directory. In a shared database there are keys of other signers too. */
function ownKeys(settings: Settings): OwnKeys {
  if (settings['slashing-db'] === null) return null;
  return () => {
    // Which keys these have, only the signer knows.
    if (settings['key-sources'] !== null)
      throw cliError(
        'BAD_ARGUMENT',
        `--all: some keys of this signer come from ${settings['key-sources']}: name them, or ask while it runs`,
      );
    return new KeyDirectory(settings['data-dir']).list();
  };
}
