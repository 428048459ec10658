import { userInfo } from 'node:os';

/** Who acts by a verb, for the history: the user of this machine and the verb. */
export const actingUser = (verb: string): string => `${userName()}, vigil ${verb}`.slice(0, 64);

/** In a container a user may have a number and no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
