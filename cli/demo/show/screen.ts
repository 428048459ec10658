import { styleText } from 'node:util';
import type { WriteStream } from 'node:tty';
import type { Paint } from './draw.ts';

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** A picture at the end of the terminal that is drawn anew in place. */
export class Screen {
  readonly #stream: WriteStream;
  #height = 0;
  readonly #restore = (): void => {
    this.#stream.write(SHOW_CURSOR);
  };

  constructor(stream: WriteStream) {
    this.#stream = stream;
    this.#stream.write(HIDE_CURSOR);
    // However the process ends, the terminal gets its cursor back.
    process.once('exit', this.#restore);
  }

  /** As the terminal and NO_COLOR want it. */
  readonly paint: Paint = (style, text) => styleText(style, text, { stream: this.#stream });

  draw(lines: readonly string[]): void {
    const up = this.#height === 0 ? '' : `\u001b[${this.#height}A`;
    this.#stream.write(up + lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('') + CLEAR_BELOW);
    this.#height = lines.length;
  }

  /** What was drawn last stays. */
  close(): void {
    process.off('exit', this.#restore);
    this.#restore();
  }
}
