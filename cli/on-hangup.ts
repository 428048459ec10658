/**
 * What SIGHUP means: to a daemon, that its keys are to be reloaded; to a program in a terminal, that the terminal is
 * gone and nobody watches any more.
 */
export const inTerminal = (): boolean => process.stdin.isTTY || process.stdout.isTTY;

/** Listens from now on, and has what `vigil.js` kept; a signal that comes before there is anything to reload is kept until there is. */
export function reloadOnHangup(): { attach(reload: () => void): void } {
  let reload: (() => void) | null = null;
  let waiting = false;
  process.on('SIGHUP', () => {
    if (reload === null) waiting = true;
    else reload();
  });
  return {
    attach(now) {
      reload = now;
      if (waiting) now();
    },
  };
}
