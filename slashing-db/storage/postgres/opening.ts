import { isVigilError } from '../../../core/errors.ts';
import { slashingDbError } from '../../errors.ts';
import { shownUrl, type PostgresTarget } from './database-url.ts';

/**
 * For whoever opens a database and has nothing yet to fall back on.
 * @throws DB_UNREACHABLE for all that is not ours; DB_SERVER_UNVERIFIED, DB_PASSWORD_MISSING, DB_SECRET_EXPOSED
 */
export async function opening<T>(target: PostgresTarget, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (isVigilError(error)) throw error;
    const { message, cause } = error as Error;
    // A signer that runs keeps trying; who opens is told what to mend.
    if (isVigilError(cause)) throw cause;
    const code = isUnverified(cause) ? 'DB_SERVER_UNVERIFIED' : 'DB_UNREACHABLE';
    throw slashingDbError(code, `${shownUrl(target.url)}: ${message}`, error);
  }
}

/** By what TLS says of a certificate; a server without TLS is told by the driver in words alone. */
function isUnverified(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (message === 'The server does not support SSL connections') return true;
  return (
    code !== undefined && /CERT|^UNABLE_TO_VERIFY|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH|^HOSTNAME/.test(code)
  );
}
