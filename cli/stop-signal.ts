import { inTerminal } from './on-hangup.ts';

/** The handlers stay: a Ctrl-C reaches us twice, by the terminal and by the launcher, and must not cut the drain short. */
export function stopSignal(): { readonly signal: AbortSignal; readonly received: Promise<NodeJS.Signals> } {
  const controller = new AbortController();
  const received = new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', ...(inTerminal() ? (['SIGHUP'] as const) : [])] as const) {
      process.on(name, () => {
        controller.abort();
        resolve(name);
      });
    }
  });
  return { signal: controller.signal, received };
}
