import type { VigilError } from '../../core/errors.ts';
import type { Logger } from '../../core/log/logger.ts';
import { errorStatus } from './http-errors.ts';

/**
 * One line of the log for a typed error that ended a request, by who has to do something about it: nobody (debug), whoever
 * reads warnings (what passes by itself), an operator (error). Only a bug has a stack: of what was foreseen, code, hint
 * and cause say more. A key that is not open yet is for the client to wait for, slot after slot.
 */
export function logFailure(error: VigilError, url: string | undefined, log: Logger): void {
  const { code, hint, message } = error;
  const status = errorStatus(code);
  if (code === 'INTERNAL') log.error({ code, err: error }, message);
  else if (status < 500 || status === 501 || code === 'KEY_LOADING') log.debug({ code, url }, message);
  else log[status === 503 ? 'warn' : 'error']({ code, hint, url, cause: causeOf(error) }, message);
}

const causeOf = ({ cause }: VigilError): string | undefined =>
  cause instanceof Error ? cause.message : undefined;
