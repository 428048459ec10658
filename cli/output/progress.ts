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
