import { SingleBar } from 'cli-progress';

export interface Progress {
  update(done: number): void;
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
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

/** The opening of keystores, on a terminal; elsewhere the log tells of it. */
export function keyProgressBar(): ((done: number, total: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  let bar: Progress | null = null;
  return (done, total) => {
    bar ??= startProgress('opening keystores', total);
    bar.update(done);
    if (done === total) bar.stop();
  };
}

const PLAIN_INTERVAL_MS = 5000;

function plainLines(what: string, total: number): Progress {
  let last = Date.now();
  return {
    update: (done) => {
      if (Date.now() - last < PLAIN_INTERVAL_MS) return;
      last = Date.now();
      process.stderr.write(`${what}: ${done} of ${total}\n`);
    },
    stop: () => undefined,
  };
}
