import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that this Vigil is installed in: above this file, in the sources as in the build. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cli/vigil.js')) && existsSync(join(folder, 'systemd'))) return folder;
    if (folder === dirname(folder)) throw new Error('the folder systemd is not part of this installation');
  }
}
