import type { Readable } from 'node:stream';

/** Enough for a stack, or for an error with its hint. */
const MOST_LINES = 12;
const MOST_CHARACTERS = 400;

/** What a process last said, on any of its streams; no more of it is kept. */
export class LastLines {
  #lines: string[] = [];

  /** Reads the stream to its end. */
  follow(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(-MOST_CHARACTERS);
      for (const line of lines) this.#add(line);
    });
    stream.on('end', () => this.#add(rest));
  }

  get text(): string {
    return this.#lines.map((line) => `\n  ${line}`).join('');
  }

  #add(line: string): void {
    if (line.trim() === '') return;
    this.#lines = [...this.#lines, readable(line).slice(0, MOST_CHARACTERS)].slice(-MOST_LINES);
  }
}

/** Of a line of the log what is for people. */
function readable(line: string): string {
  try {
    const { msg, code, err } = JSON.parse(line) as {
      msg?: string;
      code?: string;
      err?: { message?: string };
    };
    const said = [code, msg, err?.message === msg ? undefined : err?.message].filter(
      (part) => part !== undefined,
    );
    return said.length === 0 ? line : said.join(': ');
  } catch {
    return line;
  }
}
