import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OutputFile } from '../outputs/output-context.ts';
import { splitsError } from '../splits-errors.ts';
import { MANIFEST_NAME } from './produce-split.ts';

/**
 * Writes a split beside its final folder and moves it there when it is whole. Nothing is flushed file by file: whatever
 * a power cut takes, the same command writes again, byte for byte.
 */
export class OutputFolder {
  readonly path: string;
  readonly #temporary: string;
  readonly #made = new Set<string>();

  /** @throws OUTPUT_FOLDER_IN_USE when something else than a split is there */
  constructor(path: string) {
    this.path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
    if (existsSync(path) && !existsSync(join(path, MANIFEST_NAME)))
      throw splitsError('OUTPUT_FOLDER_IN_USE', `${path} is there and holds no split`);
    try {
      mkdirSync(this.#temporary, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw splitsError('OUTPUT_FOLDER_IN_USE', `${path} cannot be made: ${(error as Error).message}`, error);
    }
  }

  put({ name, text }: OutputFile): void {
    const file = join(this.#temporary, name);
    const folder = dirname(file);
    if (!this.#made.has(folder)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#made.add(folder);
    }
    writeFileSync(file, text, { mode: 0o600 });
  }

  /** @throws OUTPUT_FOLDER_IN_USE when another split is there; the same one is left as it is */
  finish(manifestText: string): void {
    if (!existsSync(this.path)) return renameSync(this.#temporary, this.path);
    const same = readFileSync(join(this.path, MANIFEST_NAME), 'utf8') === manifestText;
    this.discard();
    if (!same) throw splitsError('OUTPUT_FOLDER_IN_USE', `${this.path} holds another split`);
  }

  discard(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}
