import type { z } from 'zod';
import { NodeAddress } from '../../beacon/index.ts';
import { cliError } from '../cli-errors.ts';
import { parsedOrNull } from '../call-signer.ts';

const TIMEOUT_MS = 15_000;

/**
 * One exchange with the API of Prometheus or the Alertmanager.
 * @param body sent with POST when it is given
 * @throws ALERTING_NOT_REACHED
 */
export async function askAlerting<Answer>(
  address: NodeAddress,
  path: string,
  schema: z.ZodType<Answer>,
  body?: unknown,
): Promise<Answer> {
  const shown = address.name + path.replace(/\?.*/, '');
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(address.urlOf(path), {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { ...address.headers, 'accept': 'application/json', 'content-type': 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    text = await answer.text();
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    const why = (cause instanceof Error ? cause : (error as Error)).message;
    throw cliError('ALERTING_NOT_REACHED', `${shown}: ${address.redact(why)}`, error);
  }
  const parsed = schema.safeParse(text === '' ? null : parsedOrNull(text));
  if (answer.status === 200 && parsed.success) return parsed.data;
  throw cliError('ALERTING_NOT_REACHED', `${shown} answered ${answer.status}, and not what it should`);
}

/** @throws BAD_ARGUMENT */
export function alertingAddress(flag: string, url: string): NodeAddress {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw cliError('BAD_ARGUMENT', `${flag} must be an http:// or https:// URL`);
  return new NodeAddress(url);
}

/** One station on the way of an alert, and whether it gets past it. */
export interface Station {
  readonly station: string;
  readonly ok: boolean;
  readonly found: string;
}
