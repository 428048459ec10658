import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK = 1 << 20;
/** A row of a validator with a hundred blocks a day is far below. */
const MAX_LINE = 1 << 20;

/** The lines of a text file of any size, one chunk in memory at a time. @throws whatever the file system says */
export function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK);
    const decoder = new StringDecoder('utf8');
    let open = '';
    for (;;) {
      const size = readSync(file, buffer, 0, CHUNK, null);
      if (size === 0) break;
      const lines = (open + decoder.write(buffer.subarray(0, size))).split('\n');
      open = lines.pop() ?? '';
      if (open.length > MAX_LINE) throw new Error(`a line is longer than ${MAX_LINE} characters`);
      yield* lines;
    }
    open += decoder.end();
    if (open !== '') yield open;
  } finally {
    closeSync(file);
  }
}
