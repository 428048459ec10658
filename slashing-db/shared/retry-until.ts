import { setTimeout as delay } from 'node:timers/promises';

const FIRST_MS = 20;
const LONGEST_MS = 1000;

/**
 * Tries until it works, soon at first and then once a second: a server that restarts is back in a moment.
 * @param goOn whether an error is worth another try
 * @returns null when it was given up
 */
export async function retryUntil<T>(
  attempt: () => Promise<T>,
  goOn: (error: unknown) => boolean,
  givenUp: () => boolean,
): Promise<T | null> {
  for (let wait = FIRST_MS; !givenUp(); wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!goOn(error)) throw error;
    }
    await delay(wait);
  }
  return null;
}
