import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../core/config/settings.ts';
import { cliError } from './cli-errors.ts';

/** A freeze waits for signatures under way, never for longer than a few seconds. */
const TIMEOUT_MS = 30_000;

const portsFile = z.object({ http: z.number() });

/** Where the signer of this data directory listens. @throws SIGNER_NOT_REACHED */
export function runningSignerUrl(settings: Settings): string {
  return `http://${hostOf(settings['http-host'])}:${portOf(settings['data-dir'])}`;
}

/** One call to it. @throws SIGNER_NOT_REACHED when nobody answers in time */
export function reach(url: string, request: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
    throw cliError('SIGNER_NOT_REACHED', `${url}: ${(error as Error).message}`, error);
  });
}

function portOf(dataDir: string): number {
  try {
    return portsFile.parse(JSON.parse(readFileSync(join(dataDir, 'vigil.ports'), 'utf8'))).http;
  } catch (error) {
    throw cliError('SIGNER_NOT_REACHED', `no signer that uses ${dataDir} listens`, error);
  }
}

/** A wildcard is for listening; to be reached the signer has this machine's own address. */
const hostOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
