import { userInfo } from 'node:os';
import { z } from 'zod';
import { isVigilError, VigilError } from '../core/errors.ts';
import type { ActBody, ActName } from '../signer/admin/act-bodies.ts';
import { performAct, type ActResult } from '../signer/admin/perform-act.ts';
import { loadOrCreateToken } from '../signer/api-token.ts';
import { databasePath } from '../signer/data-directory.ts';
import { callSigner } from './call-signer.ts';
import { cliError } from './cli-errors.ts';
import type { CommandContext } from './command-context.ts';
import { requireDatabase } from './require-database.ts';
import { withGuard } from './with-guard.ts';

const actResult = z.object({ keys: z.number().nullable(), receipt: z.string().optional() });
const errorBody = z.object({ code: z.string(), message: z.string(), hint: z.string() });

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
  if (name !== 'takeover') requireDatabase(databasePath(context.settings['data-dir']));
  const by = `${userInfo().username}, vigil keys ${name}`.slice(0, 64);
  try {
    return await withGuard(context, (guard) => performAct(guard, name, body, by));
  } catch (error) {
    if (!isVigilError(error, 'DB_IN_USE')) throw error;
    return askSigner(context, name, { ...body, by });
  }
}

async function askSigner(context: CommandContext, name: ActName, body: unknown): Promise<ActResult> {
  const { settings } = context;
  const token = await loadOrCreateToken(settings['data-dir']);
  const { url, status, text } = await callSigner(settings, `/vigil/v1/keys/${name}`, token, body);
  const answer = parsedOrNull(text);
  if (status === 200) return actResult.parse(answer) as ActResult;
  const refused = errorBody.safeParse(answer);
  if (!refused.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${status}`);
  const { code, message, hint } = refused.data;
  throw new VigilError(code, message, hint, 1);
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
