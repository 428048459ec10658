import { SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number, total?: number): void;
  stop(): void;
}

/** A bar on a terminal, a plain line every few seconds elsewhere; on stderr, so that results stay clean. */
export function startProgress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return plainLines(what, total);
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${what} {bar} {percentage}% | {value}/{total} | {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
  });
  bar.start(total, 0);
  const update = (done: number, now = total): void => {
    bar.setTotal(now);
    bar.update(done);
  };
  return { update, stop: () => bar.stop() };
}

export interface KeyProgress {
  readonly update: (done: number, total: number) => void;
  /** Gives the terminal back when not all keystores were opened. */
  readonly stop: () => void;
}

/** The opening of keystores, on a terminal; elsewhere the log tells of it. */
export function keyProgressBar(): KeyProgress | undefined {
  if (!process.stderr.isTTY) return undefined;
  let bar: Progress | null = null;
  const stop = (): void => bar?.stop();
  return {
    update: (done, total) => {
      bar ??= startProgress('opening keystores', total);
      bar.update(done, total);
      if (done !== total) return;
      stop();
      // Further ones may be found later: they get a bar of their own.
      bar = null;
    },
    stop,
  };
}

const PLAIN_INTERVAL_MS = 5000;

function plainLines(what: string, total: number): Progress {
  let [last, lastDone] = [Date.now(), 0];
  return {
    update: (done, now = total) => {
      const tookMs = Date.now() - last;
      if (tookMs < PLAIN_INTERVAL_MS) return;
      // At the pace since the last line: what came before may have been passed over at no cost.
      const pace = (done - lastDone) / tookMs;
      const left = pace > 0 ? `, ${durationText((now - done) / pace)} left` : '';
      process.stderr.write(`${what}: ${done} of ${now}${left}\n`);
      [last, lastDone] = [Date.now(), done];
    },
    stop: () => undefined,
  };
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
