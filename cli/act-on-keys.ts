import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isVigilError, VigilError, type ErrorEntry } from '../core/errors.ts';
import type { ActBody, ActName } from '../signer/admin/act-bodies.ts';
import { performAct, type ActResult } from '../signer/admin/perform-act.ts';
import { loadOrCreateToken } from '../signer/api-token.ts';
import { databasePath } from '../signer/data-directory.ts';
import { SLASHING_DB_ERRORS } from '../slashing-db/index.ts';
import { cliError } from './cli-errors.ts';
import type { CommandContext } from './command-context.ts';
import { requireDatabase } from './require-database.ts';
import { withGuard } from './with-guard.ts';

/** A freeze waits for signatures under way, never for longer than a few seconds. */
const TIMEOUT_MS = 30_000;

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
  const url = `http://${hostOf(settings['http-host'])}:${portOf(settings['data-dir'])}/vigil/v1/keys/${name}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'authorization': `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw cliError('SIGNER_NOT_REACHED', `${url}: ${(error as Error).message}`, error);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return actResult.parse(answer) as ActResult;
  const refused = errorBody.safeParse(answer);
  if (!refused.success) throw cliError('SIGNER_NOT_REACHED', `${url} answered ${response.status}`);
  const { code, message, hint } = refused.data;
  throw new VigilError(code, message, hint, exitCodeOf(code));
}

/** The same as if the act had been refused here. */
const exitCodeOf = (code: string): 1 | 2 | 3 =>
  (SLASHING_DB_ERRORS as Readonly<Record<string, ErrorEntry | undefined>>)[code]?.exit ?? 1;

function portOf(dataDir: string): number {
  try {
    const ports = z
      .object({ http: z.number() })
      .parse(JSON.parse(readFileSync(join(dataDir, 'vigil.ports'), 'utf8')));
    return ports.http;
  } catch (error) {
    throw cliError('SIGNER_NOT_REACHED', 'the process that has the database open does not listen yet', error);
  }
}

/** A wildcard is for listening; to be reached the signer has this machine's own address. */
const hostOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
