import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Lines come in, one assignment each; an empty line sends what has come. The text is never looked at by the shell, only
 * handed on. One line goes out for each message: the exit code.
 */
const SCRIPT = `set --
while IFS= read -r line; do
  if [ -n "$line" ]; then set -- "$@" "$line"; continue; fi
  systemd-notify -- "$@"
  echo "$?"
  set --
done`;

/** Longer than systemd-notify itself waits for the service manager to have taken the message in. */
const TIMEOUT_MS = 15_000;

/**
 * The way to the service manager. Node.js cannot send to a datagram socket of the file system, systemd-notify can; but
 * to start it from here means to copy this process's page tables, which holds everything up for a third of a second in a
 * signer with many keys. So a shell does it, started once while this process is still small. It ends with us: its input does.
 */
export class Courier {
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #ended: Error | null = null;

  constructor(socket: string, path = process.env['PATH'] ?? '/usr/bin:/bin') {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { NOTIFY_SOCKET: socket, PATH: path },
    });
    this.#shell.on('error', (error) => this.#end(error));
    this.#shell.on('exit', () => this.#end(new Error('the shell that sends them has ended')));
    this.#shell.stdin.on('error', (error) => this.#end(error));
    createInterface({ input: this.#shell.stdout }).on('line', (code) => this.#answered(code));
    this.#release();
  }

  /**
   * Resolves when the service manager has taken the message in.
   * @param lines without line breaks, none of them empty
   * @throws when it did not
   */
  async send(lines: readonly string[]): Promise<void> {
    if (this.#ended !== null) throw this.#ended;
    if (lines.some((line) => line === '' || /[\n\0]/.test(line))) throw new Error('not a line');
    const answer = Promise.withResolvers<void>();
    this.#waiting.push(answer);
    this.#hold();
    const timeout = setTimeout(() => {
      this.#end(new Error(`no answer from systemd-notify in ${TIMEOUT_MS / 1000} seconds`));
      this.#shell.kill('SIGKILL');
    }, TIMEOUT_MS);
    this.#shell.stdin.write(`${lines.join('\n')}\n\n`);
    try {
      await answer.promise;
    } finally {
      clearTimeout(timeout);
    }
  }

  /** After the last message. */
  close(): void {
    this.#shell.stdin.end();
  }

  #answered(code: string): void {
    const answer = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#release();
    if (code === '0') answer?.resolve();
    else answer?.reject(new Error(`systemd-notify ended with ${code}`));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#ended);
    this.#release();
  }

  /** Only a message under way keeps this process alive. */
  #release(): void {
    this.#shell.unref();
    for (const stream of [this.#shell.stdin, this.#shell.stdout]) unrefable(stream).unref();
  }

  #hold(): void {
    this.#shell.ref();
    unrefable(this.#shell.stdout).ref();
  }
}

/** The pipes of a child are sockets to Node.js, which its types do not say. */
const unrefable = (stream: Readable | Writable) => stream as unknown as { ref(): void; unref(): void };
