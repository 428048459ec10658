import { z } from 'zod';
import { VigilError, type ErrorEntry } from '../core/errors.ts';
import type { Settings } from '../core/config/settings.ts';
import { loadOrCreateToken } from '../signer/api-token.ts';
import { SLASHING_DB_ERRORS } from '../slashing-db/index.ts';
import { cliError } from './cli-errors.ts';
import { reach, runningSignerUrl } from './running-signer.ts';

const errorBody = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/**
 * Calls the admin API of the signer that runs on a data directory, with its own token: a POST with a body, else a GET.
 * @returns the JSON of its answer
 * @throws SIGNER_NOT_REACHED, and the error that it answers with
 */
export async function callSigner(settings: Settings, path: string, body?: unknown): Promise<unknown> {
  const token = await loadOrCreateToken(settings['data-dir']);
  const url = `${runningSignerUrl(settings)}${path}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const request =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  const response = await reach(url, request);
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const refused = errorBody.safeParse(answer);
  if (!refused.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${response.status}`);
  const { code, message, hint } = refused.data;
  throw new VigilError(code, message, hint, exitCodeOf(code));
}

/** The same as if the act had been refused here. */
const exitCodeOf = (code: string): 1 | 2 | 3 =>
  (SLASHING_DB_ERRORS as Readonly<Record<string, ErrorEntry | undefined>>)[code]?.exit ?? 1;
