import { join } from 'node:path';
import { fileState, FileWatch } from '../reload/file-watch.ts';

/**
 * Tells when keystores came or went: a folder's own state changes with the names in it. What is written into a file that
 * was there already is seen at a reload only.
 */
export async function watchKeys(
  dataDir: string,
  further: readonly string[],
  changed: () => void,
  intervalMs?: number,
): Promise<FileWatch> {
  const paths = [join(dataDir, 'keys'), join(dataDir, 'secrets'), ...further];
  const tell = (): Promise<void> => {
    changed();
    return Promise.resolve();
  };
  return new FileWatch(paths, await fileState(paths), tell, intervalMs);
}
