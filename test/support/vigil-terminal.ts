import { spawn, type IPty } from '@lydell/node-pty';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const VIGIL = fileURLToPath(new URL('../../cli/vigil.js', import.meta.url));

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !entry[0].startsWith('VIGIL_'),
    ),
  );

/** Vigil in a real pseudo-terminal: what a person sees and types. */
export class VigilTerminal {
  readonly #pty: IPty;
  readonly #waiting = new Set<() => void>();
  /** Everything that was written to the terminal. */
  output = '';
  #seen = 0;
  #exit: { readonly code: number; readonly signal: number } | null = null;

  constructor(args: readonly string[], cwd: string) {
    const options = { cols: 100, rows: 40, cwd, env: environment(), encoding: 'utf8' };
    this.#pty = spawn(process.execPath, [VIGIL, ...args], options);
    this.#pty.onData((text) => {
      this.output += text;
      this.#changed();
    });
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#exit = { code: exitCode, signal: signal ?? 0 };
      this.#changed();
    });
    onTestFinished(() => {
      if (this.#exit === null) this.#pty.kill('SIGKILL');
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Waits for a text after the last one that was waited for. @returns what came up to its end */
  async see(text: string): Promise<string> {
    for (;;) {
      const at = this.output.indexOf(text, this.#seen);
      if (at >= 0) {
        const came = this.output.slice(this.#seen, at + text.length);
        this.#seen = at + text.length;
        return came;
      }
      if (this.#exit !== null)
        throw new Error(`it ended before it said ${JSON.stringify(text)}:\n${this.output}`);
      await this.#change();
    }
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** The terminal goes away, as when its window is closed: the kernel sends SIGHUP. */
  closeWindow(): void {
    this.#pty.kill('SIGHUP');
  }

  async ended(): Promise<{ readonly code: number; readonly signal: number }> {
    while (this.#exit === null) await this.#change();
    return this.#exit;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Vigil without a terminal, from its sources. */
export const runVigil = (args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [VIGIL, ...args],
      { cwd, env: environment() },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end();
  });
