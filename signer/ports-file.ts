import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivateFile } from './keystore/private-file.ts';
import type { RunningSigner } from './signer-options.ts';

/** Tells other commands where the signer of a data directory listens; there while it runs. */
export class PortsFile {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, 'vigil.ports');
  }

  /** What a signer that was killed left behind must not mislead anybody. */
  async clear(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  /** @returns removes it again, unless somebody who broke in beside us has written ports of its own */
  async write(ports: RunningSigner['ports']): Promise<() => Promise<void>> {
    const text = JSON.stringify(ports);
    await writePrivateFile(this.#path, `${text}\n`);
    return async () => {
      const found = await readFile(this.#path, 'utf8').catch(() => null);
      if (found?.trim() === text) await this.clear();
    };
  }
}
