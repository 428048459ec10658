import { isVigilError } from '../../../core/errors.ts';
import { slashingDbError } from '../../errors.ts';
import { shownUrl, type PostgresTarget } from './database-url.ts';

/** For whoever opens a database and has nothing yet to fall back on. @throws DB_UNREACHABLE for all that is not ours */
export async function opening<T>(target: PostgresTarget, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (isVigilError(error)) throw error;
    throw slashingDbError('DB_UNREACHABLE', `${shownUrl(target.url)}: ${(error as Error).message}`, error);
  }
}
