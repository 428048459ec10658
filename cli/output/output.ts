import { formatTable } from './format-table.ts';

/** Where a verb writes: results on stdout, remarks on stderr, so that a pipe gets results only. */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** One JSON document with `--json`, else the lines for people. */
  result(data: unknown, lines: readonly string[]): void {
    process.stdout.write(
      this.json ? `${JSON.stringify(data, bigintsAsText)}\n` : lines.map((line) => `${line}\n`).join(''),
    );
  }

  /** A line of a result that is still coming; what comes together with `--json` is told by {@link result}. */
  part(line: string): void {
    if (!this.json) process.stdout.write(`${line}\n`);
  }

  table(data: unknown, header: readonly string[], rows: readonly (readonly string[])[]): void {
    this.result(data, formatTable(header, rows));
  }

  /** A remark for people; nothing with `--json`. */
  note(line: string): void {
    if (!this.json) process.stderr.write(`${line}\n`);
  }
}

/** A uint64 is a decimal string in JSON, as in every Ethereum API. */
const bigintsAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
