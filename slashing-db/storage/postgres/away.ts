import { isVigilError } from '../../../core/errors.ts';
import { DatabaseAway } from '../sharing-port.ts';

/** Whatever a server says that is not known to be final may be over soon: it shuts down, it starts, its disk is full. */
export const away = (error: unknown): Error =>
  isVigilError(error) || error instanceof DatabaseAway
    ? error
    : new DatabaseAway((error as Error).message, { cause: error });
