import { existsSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../core/config/settings.ts';
import { exposedFiles } from '../../../signer/sources/exposed-files.ts';
import { readSourcesFile } from '../../../signer/sources/sources-file.ts';
import { anchorPaths } from '../../database/guard-options.ts';
import { faultOf } from '../examine.ts';
import { fault, good, warning, type Finding } from '../finding.ts';
import type { Check } from '../patient.ts';

/** At most this many files are named: whoever mends one mends all. */
const MOST_NAMED = 3;

/** Whether anybody but the owner could read keys, passwords and tokens, or change what the guard relies on. */
export const secretFiles: Check = {
  name: 'file permissions',
  inspect: async ({ settings }) => {
    const dataDir = settings['data-dir'];
    const unread: Finding[] = [];
    const paths = [dataDir, ...walk(dataDir, unread), ...anchorPaths(settings).filter(existsSync)];
    const files = paths
      .map((path) => ({ path, stats: lstatSync(path) }))
      .filter(({ stats }) => !stats.isSymbolicLink());
    const owner = files[0]?.stats.uid ?? 0;
    const exposed = files.filter(({ stats }) => isExposed(stats));
    // Root may read everything anyway.
    const foreign = files.filter(({ stats }) => stats.uid !== owner && stats.uid !== 0);
    const findings = [
      ...unread,
      ...named(exposed, 'others than the owner may read or write', 'chmod go-rwx'),
      ...(await ofSources(settings)),
      ...named(foreign, `not of the owner of ${dataDir} (uid ${owner})`, `chown ${owner}`),
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
  return [fault(`${what}: ${some.join(', ')}${more}`, `${mend} ${some.join(' ')}`)];
}

/** What other tools wrote outside of the data directory, and what else keys are read with. */
async function ofSources(settings: Settings): Promise<Finding[]> {
  const file = settings['key-sources'];
  // A file that cannot be read is a finding of the configuration.
  const configs = file === null ? [] : await readSourcesFile(file).catch(() => []);
  const exposed = await exposedFiles(configs);
  if (exposed.length === 0) return [];
  const some = exposed.slice(0, MOST_NAMED);
  const more = exposed.length > some.length ? ` and ${exposed.length - some.length} more` : '';
  return [
    warning(
      `others than the owner may read or write what keys come from: ${some.join(', ')}${more}`,
      `Find out who could have read it; then chmod go-rwx ${some.join(' ')}, or the folder that they are in.`,
    ),
  ];
}

/** Everything below a folder, but for what the file system itself puts at its top. */
function walk(folder: string, unread: Finding[]): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => name !== 'lost+found')
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? [path, ...walk(path, unread)] : [path];
      });
  } catch (error) {
    unread.push(faultOf(error));
    return [];
  }
}
