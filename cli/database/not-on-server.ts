import type { Settings } from '../../core/config/settings.ts';
import { cliError } from '../cli-errors.ts';

/** For verbs that are about a file. @throws BAD_ARGUMENT saying what to do instead */
export function refuseServer(settings: Settings, instead: string): void {
  if (settings['slashing-db'] === null) return;
  throw cliError('BAD_ARGUMENT', `this does not work on a slashing database that is on a server: ${instead}`);
}
