import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder, by its path from there, in byte order. */
export function folderFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .sort();
}
