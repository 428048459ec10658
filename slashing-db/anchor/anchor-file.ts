import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { slashingDbError } from '../errors.ts';
import { decodeAnchor, encodeAnchor, type AnchorRecord } from './anchor-record.ts';

/** Room for one line; two of them take turns, so that a line cut short by a crash leaves the one before it. */
const LINE_BYTES = 1024;

/** What stands in an anchor file. `damaged`: the file is there, but no line of it is whole. */
export type AnchorContent = AnchorRecord | 'missing' | 'damaged';

/** @throws what reading a file throws, but for one that does not exist */
export function readAnchor(path: string): AnchorContent {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw error;
  }
  const records = text
    .split('\n')
    .map((line) => decodeAnchor(line.trim()))
    .filter((record) => record !== null);
  return records.sort(byAge).at(-1) ?? 'damaged';
}

const byAge = (a: AnchorRecord, b: AnchorRecord): number =>
  Number(a.generation - b.generation) ||
  Number(a.sequence - b.sequence) ||
  Number(a.closed) - Number(b.closed);

/** A line that was cut short still begins like one: with a digest, or with nothing yet. */
function isSomethingElse(fd: number): boolean {
  const start = Buffer.alloc(64);
  const length = readSync(fd, start, 0, start.length, 0);
  return (
    !/^([0-9a-f]{64}|[\0 ]*)$/.test(start.toString('latin1', 0, length)) ||
    fstatSync(fd).size > 2 * LINE_BYTES
  );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/**
 * An anchor that is being kept up to date. Written in place, without waiting for the disk: it then survives the
 * death of the process, and after the death of the machine it may only be behind, which accuses nobody.
 */
export class AnchorFile {
  readonly path: string;
  readonly #fd: number;
  #turn = 0;
  #waiting: AnchorRecord | null = null;
  #writing = false;

  /** Makes the file, and its directory in one that is there, if they are not. @throws what the file system says */
  constructor(path: string) {
    this.path = path;
    makeFolder(dirname(path));
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    if (isSomethingElse(this.#fd)) {
      closeSync(this.#fd);
      throw slashingDbError('ANCHOR_MISPLACED', `${path} is not an anchor and will not be written over`);
    }
  }

  /** In the page cache when it returns. */
  writeNow(record: AnchorRecord): void {
    writeSync(this.#fd, ...this.#nextLine(record));
  }

  /** For a file that may be slow (another host): the newest record, as soon as the one before it is through. */
  writeSoon(record: AnchorRecord, onError: (error: Error) => void): void {
    this.#waiting = record;
    if (this.#writing) return;
    this.#writing = true;
    const next = this.#waiting;
    this.#waiting = null;
    write(this.#fd, ...this.#nextLine(next), (error) => {
      this.#writing = false;
      if (error !== null) onError(error);
      else if (this.#waiting !== null) this.writeSoon(this.#waiting, onError);
    });
  }

  /** The last word of this process, on the disk when it returns. */
  close(record: AnchorRecord): void {
    this.#waiting = null;
    try {
      this.writeNow(record);
      fdatasyncSync(this.#fd);
    } finally {
      closeSync(this.#fd);
    }
  }

  #nextLine(record: AnchorRecord): [line: Buffer, offset: number, length: number, position: number] {
    const line = Buffer.alloc(LINE_BYTES, ' ');
    line.write(encodeAnchor(record));
    line.write('\n', LINE_BYTES - 1);
    this.#turn = 1 - this.#turn;
    return [line, 0, LINE_BYTES, this.#turn * LINE_BYTES];
  }
}
