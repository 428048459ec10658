import { setTimeout as delay } from 'node:timers/promises';

/** A signer answers before its keystores are open: resolves when all that it has are. */
export async function untilKeysOpen(signerUrl: string, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const health = await fetch(`${signerUrl}/healthcheck`, signal === undefined ? {} : { signal });
    if (!(await health.text()).includes('keys-loading')) return;
    await delay(50);
  }
}
