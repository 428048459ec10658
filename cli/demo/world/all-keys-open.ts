import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../../cli-errors.ts';

/** The signer answers before its keystores are open; duties begin when all of them are. @throws DEMO_WENT_WRONG */
export async function allKeysOpen(signerUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    if (signal.aborted) throw cliError('DEMO_WENT_WRONG', 'it was stopped before its end');
    const health = await fetch(`${signerUrl}/healthcheck`, { signal });
    if (!(await health.text()).includes('keys-loading')) return;
    await delay(50);
  }
}
