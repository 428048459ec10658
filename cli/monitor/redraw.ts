import { setTimeout as wait } from 'node:timers/promises';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const HOME_AND_CLEAR = '\x1b[H\x1b[2J';

/**
 * Draws a page again and again, on a screen of its own, until Ctrl-C or the end of the terminal; then everything is as
 * it was before. Lines that do not fit are cut, or the page would scroll.
 * @param page the lines as they are now; what it throws is shown, and it is tried again
 */
export async function redraw(page: () => Promise<readonly string[]>, everyMs: number): Promise<void> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, end);
  process.stdout.write(ENTER);
  try {
    while (!stop.signal.aborted) {
      const lines = await page().catch((error: unknown) => [`error: ${(error as Error).message}`]);
      // A terminal may not know its size, and then says 0.
      const [columns, rows] = [process.stdout.columns || 80, process.stdout.rows || 24];
      const fitting = lines.slice(0, rows - 1).map((line) => line.slice(0, columns));
      process.stdout.write(HOME_AND_CLEAR + fitting.join('\n'));
      await wait(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    process.stdout.write(LEAVE);
    for (const signal of signals) process.off(signal, end);
  }
}
