import { lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { anchorPath } from '../../../signer/data-directory.ts';
import { fault, good, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** At most this many files are named: whoever mends one mends all. */
const MOST_NAMED = 3;

/** Whether anybody but the owner could read keys, passwords and tokens, or change what the guard relies on. */
export const secretFiles: Check = {
  name: 'file permissions',
  inspect: ({ settings }) => {
    const dataDir = settings['data-dir'];
    const owner = statSync(dataDir).uid;
    const files = [dataDir, ...walk(dataDir), ...anchors(dataDir)].map((path) => ({
      path,
      stats: lstatSync(path),
    }));
    const exposed = files.filter(({ stats }) => !stats.isSymbolicLink() && isExposed(stats));
    const foreign = files.filter(({ stats }) => stats.uid !== owner);
    const findings = [
      ...named(exposed, 'others than the owner may read or write', `chmod -R go-rwx ${dataDir}`),
      ...named(foreign, `not of the owner of ${dataDir} (uid ${owner})`, `chown -R ${owner} ${dataDir}`),
    ];
    return findings.length > 0 ? findings : [good(`${files.length} files are their owner's alone`)];
  },
};

/** A file may be read through a folder that lets nobody in; one look at each is simpler to trust. */
const isExposed = ({ mode }: Stats): boolean => (mode & 0o077) !== 0;

function named(files: readonly { path: string }[], what: string, mend: string): Finding[] {
  if (files.length === 0) return [];
  const some = files.slice(0, MOST_NAMED).map(({ path }) => path);
  const more = files.length > some.length ? ` and ${files.length - some.length} more` : '';
  return [fault(`${what}: ${some.join(', ')}${more}`, mend)];
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}

function anchors(dataDir: string): string[] {
  try {
    const path = anchorPath(dataDir);
    statSync(path);
    return [path];
  } catch {
    return [];
  }
}
