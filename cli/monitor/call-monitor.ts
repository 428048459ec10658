import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { NodeAddress } from '../../beacon/index.ts';
import { MONITOR_PORTS } from '../../monitor/http/ports-file.ts';
import { parsedOrNull } from '../call-signer.ts';
import { cliError } from '../cli-errors.ts';

/** Sums over a day of many validators may take a second or two; nothing takes longer. */
const TIMEOUT_MS = 15_000;

const portsFile = z.object({ host: z.string(), port: z.number() });

/** A wildcard is for listening; to be reached the monitor has this machine's own address. */
const hostOf = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;

/**
 * Where the monitor is: what was said, which may carry the credentials of a proxy, or what the one of the data directory
 * wrote down.
 * @throws MONITOR_NOT_REACHED, BAD_ARGUMENT
 */
export function monitorAddress(given: string | undefined, dataDir: string): NodeAddress {
  if (given !== undefined) {
    const url = URL.parse(given);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw cliError('BAD_ARGUMENT', '--monitor-url must be an http:// or https:// URL');
    return new NodeAddress(given);
  }
  try {
    const { host, port } = portsFile.parse(JSON.parse(readFileSync(join(dataDir, MONITOR_PORTS), 'utf8')));
    return new NodeAddress(`http://${hostOf(host)}:${port}`);
  } catch (error) {
    throw cliError('MONITOR_NOT_REACHED', `no monitor that uses ${dataDir} listens`, error);
  }
}

/** The JSON that the monitor answers with. @throws MONITOR_NOT_REACHED */
export async function askMonitor(address: NodeAddress, path: string): Promise<unknown> {
  const shown = address.name + path;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(address.urlOf(path), {
      headers: { ...address.headers, accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    text = await answer.text();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    const why = (cause instanceof Error ? cause : (error as Error)).message;
    throw cliError('MONITOR_NOT_REACHED', `${shown}: ${address.redact(why)}`, error);
  }
  const json = parsedOrNull(text);
  if (answer.status !== 200 || json === null)
    throw cliError(
      'MONITOR_NOT_REACHED',
      `${shown} answered ${answer.status} and is no monitor of this version`,
    );
  return json;
}
