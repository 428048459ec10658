import { stat } from 'node:fs/promises';

/** Often enough for a certificate; each look costs one stat a file. */
const INTERVAL_MS = 5000;

/**
 * Tells when files changed and came to rest: the change is reported when two looks in a row see the same new state, so
 * that a key and its certificate that are written one after the other are seen together. Looking is by stat, which
 * follows the symbolic links by which certificates are commonly exchanged and works on every file system.
 */
export class FileWatch {
  readonly #state: () => Promise<string>;
  readonly #changed: () => Promise<unknown>;
  readonly #timer: NodeJS.Timeout;
  #reported: string;
  #last: string;
  #looking: Promise<void> = Promise.resolve();

  /**
   * @param state what the files are like, see {@link fileState}; must not throw
   * @param known the state that is no news, taken before the files were read: what changed since is reported
   * @param changed is waited for; it must not throw
   */
  constructor(
    state: () => Promise<string>,
    known: string,
    changed: () => Promise<unknown>,
    intervalMs: number = INTERVAL_MS,
  ) {
    this.#state = state;
    this.#reported = this.#last = known;
    this.#changed = changed;
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, intervalMs);
    this.#timer.unref();
  }

  /** Resolves when no report is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const now = await this.#state();
    const rested = now === this.#last;
    this.#last = now;
    if (!rested || now === this.#reported) return;
    this.#reported = now;
    await this.#changed();
  }
}

/** A file that is away for a moment is a state like any other. */
export async function fileState(paths: readonly string[]): Promise<string> {
  const states = paths.map((path) =>
    stat(path, { bigint: true }).then(
      ({ ino, size, mtimeNs, ctimeNs }) => [ino, size, mtimeNs, ctimeNs].join('/'),
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'error',
    ),
  );
  return (await Promise.all(states)).join(' ');
}
