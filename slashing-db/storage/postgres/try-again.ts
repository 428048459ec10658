import { isVigilError } from '../../../core/errors.ts';
import { DatabaseAway } from '../sharing-port.ts';

/**
 * Tries by what went wrong; nothing was written. A serialisation failure and a deadlock are over at once. A lock that is
 * not got in time has taken seconds, and everybody waits meanwhile, for whichever key: a slot must not go by.
 */
const TRIES: Readonly<Record<string, number>> = { '40001': 8, '40P01': 8, '55P03': 2 };

/** @param tries how often it was tried already */
export const mayTryAgain = (error: unknown, tries: number): boolean =>
  !(error instanceof DatabaseAway) &&
  !isVigilError(error) &&
  tries < (TRIES[String((error as { code?: unknown }).code)] ?? 0);
