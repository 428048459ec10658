import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VigilError } from '../core/errors.ts';
import type { Settings } from '../core/config/settings.ts';
import { loadOrCreateToken } from '../signer/api-token.ts';
import { cliError } from './cli-errors.ts';

/** A freeze waits for signatures under way, never for longer than a few seconds. */
const TIMEOUT_MS = 30_000;

const portsFile = z.object({ http: z.number() });
const errorBody = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/**
 * Calls the admin API of the signer that runs on a data directory, with its own token: a POST with a body, else a GET.
 * @returns the JSON of its answer
 * @throws SIGNER_NOT_REACHED, and the error that it answers with
 */
export async function callSigner(settings: Settings, path: string, body?: unknown): Promise<unknown> {
  const token = await loadOrCreateToken(settings['data-dir']);
  const url = `http://${hostOf(settings['http-host'])}:${portOf(settings['data-dir'])}${path}`;
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const request =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
  const response = await fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw cliError('SIGNER_NOT_REACHED', `${url}: ${(error as Error).message}`, error);
    },
  );
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer;
  const refused = errorBody.safeParse(answer);
  if (!refused.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${response.status}`);
  const { code, message, hint } = refused.data;
  throw new VigilError(code, message, hint, 1);
}

function portOf(dataDir: string): number {
  try {
    return portsFile.parse(JSON.parse(readFileSync(join(dataDir, 'vigil.ports'), 'utf8'))).http;
  } catch (error) {
    throw cliError('SIGNER_NOT_REACHED', 'the process that has the database open does not listen yet', error);
  }
}

/** A wildcard is for listening; to be reached the signer has this machine's own address. */
const hostOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
