import type { Logger } from '../../core/log/logger.ts';

const INTERVAL_MS = 5000;

/**
 * Opening scrypt keystores takes a second each; an operator who waits wants to see that it goes on: with the first
 * keystore, the last, and now and then in between.
 */
export function logLoadProgress(
  log: Logger,
  onLoading: (done: number, total: number) => void = () => undefined,
): (done: number, total: number) => void {
  let last = 0;
  return (done, total) => {
    if (done !== total && Date.now() - last < INTERVAL_MS) return;
    last = Date.now();
    log.info({ done, total }, 'opening keystores');
    onLoading(done, total);
  };
}
