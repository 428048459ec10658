import { z } from 'zod';
import { VigilError, type ErrorEntry } from '../core/errors.ts';
import type { Settings } from '../core/config/settings.ts';
import { loadOrCreateToken } from '../signer/api-token.ts';
import { SLASHING_DB_ERRORS } from '../slashing-db/index.ts';
import { cliError } from './cli-errors.ts';
import { reachSigner } from './running-signer.ts';

const errorBody = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/**
 * Calls the admin API of the signer that runs on a data directory, with its own token: a POST with a body, else a GET.
 * @returns the JSON of its answer
 * @throws SIGNER_NOT_REACHED, and the error that it answers with
 */
export async function callSigner(settings: Settings, path: string, body?: unknown): Promise<unknown> {
  const token = await loadOrCreateToken(settings['data-dir']);
  const { url, status, text } = await reachSigner(settings, {
    listener: 'admin',
    method: body === undefined ? 'GET' : 'POST',
    path,
    headers: { authorization: `Bearer ${token}` },
    body,
  });
  const answer = parsedOrNull(text);
  if (status === 200) return answer;
  const refused = errorBody.safeParse(answer);
  if (!refused.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${status}`);
  const { code, message, hint } = refused.data;
  throw new VigilError(code, message, hint, exitCodeOf(code));
}

/** The same as if the act had been refused here. */
const exitCodeOf = (code: string): 1 | 2 | 3 =>
  (SLASHING_DB_ERRORS as Readonly<Record<string, ErrorEntry | undefined>>)[code]?.exit ?? 1;

export function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
