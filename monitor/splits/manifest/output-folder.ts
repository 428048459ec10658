import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OutputFile } from '../outputs/output-context.ts';
import { splitsError } from '../splits-errors.ts';
import { folderFiles } from './folder-files.ts';
import { MANIFEST_NAME } from './produce-split.ts';

/**
 * Writes a split beside its final folder and moves it there when it is whole. Nothing is flushed file by file: whatever
 * a power cut takes, the same command writes again, byte for byte.
 */
export class OutputFolder {
  readonly path: string;
  readonly #temporary: string;
  readonly #made = new Set<string>();
  readonly #names = new Set<string>();

  /** @throws OUTPUT_FOLDER_IN_USE when something else than a split is there */
  constructor(path: string) {
    this.path = path;
    if (existsSync(path) && !existsSync(join(path, MANIFEST_NAME)) && !isEmptyFolder(path))
      throw splitsError('OUTPUT_FOLDER_IN_USE', `${path} is there and holds no split`);
    try {
      mkdirSync(dirname(path), { recursive: true });
      removeLeftovers(path);
      // A folder of its own each time: what a split that was killed left behind is never taken for a part of another.
      this.#temporary = mkdtempSync(`${temporaryOf(path)}${process.pid}-`);
    } catch (error) {
      throw splitsError('OUTPUT_FOLDER_IN_USE', `${path} cannot be made: ${(error as Error).message}`, error);
    }
  }

  put({ name, text }: OutputFile): void {
    this.#names.add(name);
    const file = join(this.#temporary, name);
    const folder = dirname(file);
    if (!this.#made.has(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#made.add(folder);
    }
    writeFileSync(file, text, { mode: 0o600 });
  }

  /**
   * The same split is left as it is: every file of it, for a draft that was damaged must not be closed.
   * @throws OUTPUT_FOLDER_IN_USE when another split is there, or one that was changed
   */
  finish(): void {
    const stranger = folderFiles(this.#temporary).find((name) => !this.#names.has(name));
    if (stranger !== undefined)
      throw splitsError(
        'OUTPUT_FOLDER_IN_USE',
        `somebody put ${stranger} into ${this.#temporary} while the split was written`,
      );
    if (!existsSync(this.path) || isEmptyFolder(this.path)) return renameSync(this.#temporary, this.path);
    const difference = this.#firstDifference();
    this.discard();
    if (difference !== null) throw splitsError('OUTPUT_FOLDER_IN_USE', difference);
  }

  #firstDifference(): string | null {
    const read = (folder: string, name: string) => readFileSync(join(folder, name));
    if (!read(this.path, MANIFEST_NAME).equals(read(this.#temporary, MANIFEST_NAME)))
      return `${this.path} holds another split`;
    const [there, made] = [new Set(folderFiles(this.path)), folderFiles(this.#temporary)];
    for (const name of made) {
      if (!there.delete(name)) return `${name} of this split is missing in ${this.path}`;
      if (!read(this.path, name).equals(read(this.#temporary, name)))
        return `${join(this.path, name)} is not what this split gives: it was changed since it was written`;
    }
    const [extra] = there;
    return extra === undefined ? null : `${join(this.path, extra)} is no file of this split`;
  }

  discard(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

const isEmptyFolder = (path: string): boolean =>
  statSync(path).isDirectory() && readdirSync(path).length === 0;

const temporaryOf = (path: string): string => `${path}.tmp-`;

/** Folders of splits that were killed while they wrote; those of processes that run are theirs. */
function removeLeftovers(path: string): void {
  const folder = dirname(path);
  const begin = basename(temporaryOf(path));
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(begin) ? /^(\d{1,9})-\w{6}$/.exec(name.slice(begin.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
