import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A process of its own that answers one question after the other: what it takes can be told from what the asker takes. */
export class Child {
  readonly #process: ChildProcess;

  constructor(path: string, flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#process = fork(path, [], {
      execArgv: ['--no-warnings', ...flags],
      env: { ...process.env, ...env },
      // Standard output is for results.
      stdio: ['ignore', 2, 2, 'ipc'],
    });
  }

  /** @throws what the child says when it cannot answer, or that it is gone */
  async ask<Result>(question: object): Promise<Result> {
    const gone = new AbortController();
    const exited = once(this.#process, 'exit', { signal: gone.signal }).then(() => {
      throw new Error('the child process has ended');
    });
    const answered = once(this.#process, 'message', { signal: gone.signal });
    exited.catch(() => undefined);
    answered.catch(() => undefined);
    this.#process.send(question);
    try {
      const [answer] = (await Promise.race([answered, exited])) as [{ result: Result } | { error: string }];
      if ('error' in answer) throw new Error(answer.error);
      return answer.result;
    } finally {
      gone.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}

/** In the child: answers the parent, and ends with it. */
export function answerParent(answer: (question: unknown) => Promise<unknown>): void {
  process.on('message', (question) => {
    answer(question).then(
      (result) => process.send?.({ result: result ?? null }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit());
}
