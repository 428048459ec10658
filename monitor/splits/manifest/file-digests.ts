import { createHash, type Hash } from 'node:crypto';
import type { OutputFile } from '../outputs/output-context.ts';

export interface Digests {
  readonly files: Readonly<Record<string, string>>;
  /** Folders of many files have one digest, over names and digests in the order they are made. */
  readonly folders: Readonly<Record<string, { readonly files: number; readonly hash: string }>>;
}

export class FileDigests {
  readonly #files: Record<string, string> = {};
  readonly #folders = new Map<string, { files: number; hash: Hash }>();

  add({ name, text }: OutputFile): void {
    const digest = createHash('sha256').update(text).digest('hex');
    const slash = name.indexOf('/');
    if (slash < 0) {
      this.#files[name] = digest;
      return;
    }
    const folder = name.slice(0, slash);
    const sums = this.#folders.get(folder) ?? { files: 0, hash: createHash('sha256') };
    sums.files += 1;
    sums.hash.update(`${name} ${digest}\n`);
    this.#folders.set(folder, sums);
  }

  result(): Digests {
    return {
      files: { ...this.#files },
      folders: Object.fromEntries(
        [...this.#folders].map(([name, { files, hash }]) => [
          name,
          { files, hash: hash.copy().digest('hex') },
        ]),
      ),
    };
  }
}
