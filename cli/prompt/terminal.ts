import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { cliError } from '../cli-errors.ts';

/** A second screen, as editors have it: what was on it is in no scroll-back when it is left. */
const SECOND_SCREEN = '\x1b[?1049h\x1b[2J\x1b[H';
const FIRST_SCREEN = '\x1b[?1049l';
const CLEAR = '\x1b[2J\x1b[3J\x1b[H';

/** Nobody types that fast, and no line of a paste comes that late. */
const BETWEEN_LINES_MS = 150;

/** Sent by somebody else than the keyboard, whose Ctrl-C readline reads as a character. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Questions to a person. They are on stderr, so that results can be piped; it has to be a terminal too, or a secret that
 * is shown would end in a file. Ctrl-C, Ctrl-D, a signal and a terminal that is closed all end in PROMPT_ABANDONED.
 */
export class Terminal {
  readonly #echo = new Echo();
  readonly #lines: Interface;
  #private = false;
  #abandon: ((error: Error) => void) | null = null;
  #abandoned: Error | null = null;

  private constructor() {
    this.#lines = createInterface({
      input: process.stdin,
      output: this.#echo,
      terminal: true,
      historySize: 0,
    });
    this.#lines.on('SIGINT', this.#giveUp);
    this.#lines.on('close', this.#giveUp);
    // The other side of a pseudo-terminal that is gone is an error of its own kind.
    process.stdin.once('error', this.#giveUp);
    for (const signal of SIGNALS) process.on(signal, this.#giveUp);
  }

  /**
   * Runs a dialogue and leaves the terminal as it was, whatever happens.
   * @throws TERMINAL_NEEDED, PROMPT_ABANDONED
   */
  static async with<T>(talk: (terminal: Terminal) => Promise<T>): Promise<T> {
    if (!Terminal.available) throw cliError('TERMINAL_NEEDED');
    const terminal = new Terminal();
    try {
      const result = await talk(terminal);
      // A signal may have come when nothing was being asked.
      if (terminal.#abandoned !== null) throw terminal.#abandoned;
      return result;
    } finally {
      terminal.#close();
    }
  }

  static get available(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) process.stderr.write(`${line}\n`);
  }

  /** From here to {@link endPrivate} all is on a screen that leaves nothing behind. */
  beginPrivate(): void {
    this.#private = true;
    // Stopped here, the shell would have its prompt under the words: readline stops us unless somebody listens.
    this.#lines.on('SIGTSTP', stay);
    process.on('SIGTSTP', stay);
    process.stderr.write(SECOND_SCREEN);
  }

  clear(): void {
    process.stderr.write(CLEAR);
  }

  endPrivate(): void {
    if (!this.#private) return;
    this.#private = false;
    process.stderr.write(CLEAR + FIRST_SCREEN);
    this.#lines.off('SIGTSTP', stay);
    process.off('SIGTSTP', stay);
  }

  /** @throws PROMPT_ABANDONED */
  async ask(question: string): Promise<string> {
    if (this.#abandoned !== null) throw this.#abandoned;
    return new Promise((resolve, reject) => {
      this.#abandon = reject;
      this.#lines.question(question, (answer) => {
        this.#abandon = null;
        resolve(answer);
      });
    });
  }

  /**
   * As {@link ask}, with all lines that come right behind the first: what is pasted may have several. None of them is
   * left for who reads the terminal next.
   */
  async askPasted(question: string): Promise<string> {
    const further: string[] = [];
    const keep = (line: string): void => void further.push(line);
    this.#lines.on('line', keep);
    try {
      const first = await this.ask(question);
      for (let before = -1; further.length > before || this.#lines.line !== '';) {
        before = further.length;
        await delay(BETWEEN_LINES_MS);
        if (this.#abandoned !== null) throw this.#abandoned;
      }
      return [first, ...further].join('\n');
    } finally {
      this.#lines.off('line', keep);
    }
  }

  /** As {@link ask}; what is typed is not shown. */
  async askHidden(question: string): Promise<string> {
    process.stderr.write(question);
    this.#echo.muted = true;
    try {
      return await this.ask('');
    } finally {
      this.#echo.muted = false;
      process.stderr.write('\n');
    }
  }

  readonly #giveUp = (): void => {
    this.#abandoned ??= cliError('PROMPT_ABANDONED');
    this.#abandon?.(this.#abandoned);
    this.#abandon = null;
  };

  #close(): void {
    // A half-typed secret does not stay on the line.
    if (this.#private) {
      cursorTo(process.stderr, 0);
      clearLine(process.stderr, 0);
    }
    this.endPrivate();
    process.stdin.off('error', this.#giveUp);
    for (const signal of SIGNALS) process.off(signal, this.#giveUp);
    this.#lines.close();
  }
}

const stay = (): void => undefined;

/** What readline echoes, unless it is not to be seen. */
class Echo extends Writable {
  muted = false;

  /** Readline asks how wide the terminal is, to know where a long line breaks. */
  get columns(): number {
    return process.stderr.columns;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) process.stderr.write(chunk);
    done();
  }
}
