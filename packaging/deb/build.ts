import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  contentOf,
  copyEntry,
  PROGRAM,
  sortedPaths,
  textEntry,
  writeTree,
  type FileTree,
} from '../file-tree.ts';
import { architecture, controlText, debianVersion } from './about.ts';
import { configurationFiles } from './tree.ts';

const SCRIPTS = ['postinst', 'prerm', 'postrm'];

export type Compression = 'xz' | 'gzip' | 'none';

/** Puts the tree into a .deb: the same bytes for the same tree and time. @returns its path */
export function buildDeb(
  tree: FileTree,
  options: {
    readonly scratch: string;
    readonly out: string;
    readonly time: Date;
    readonly compression: Compression;
  },
): string {
  const { scratch, out, time, compression } = options;
  const staged = join(scratch, 'deb');
  const control: FileTree = new Map([
    ['DEBIAN/control', textEntry(controlText(installedKilobytes(tree)))],
    ['DEBIAN/md5sums', textEntry(sums(tree))],
    [
      'DEBIAN/conffiles',
      textEntry(
        configurationFiles(tree)
          .map((path) => `/${path}\n`)
          .join(''),
      ),
    ],
    ...SCRIPTS.map(
      (name) => [`DEBIAN/${name}`, copyEntry(join(import.meta.dirname, 'scripts', name), PROGRAM)] as const,
    ),
  ]);
  writeTree(new Map([...tree, ...control]), staged, time);
  mkdirSync(out, { recursive: true });
  const file = join(out, `vigil_${debianVersion()}_${architecture()}.deb`);
  // One thread: with several, the bytes depend on how many there were.
  execFileSync(
    'dpkg-deb',
    ['--root-owner-group', `-Z${compression}`, '--threads-max=1', '--build', staged, file],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: `${time.getTime() / 1000}`, TZ: 'UTC', LC_ALL: 'C' },
    },
  );
  return file;
}

/** As dpkg reckons: every file in whole kilobytes, and one for everything else. */
function installedKilobytes(tree: FileTree): number {
  const folders = new Set<string>();
  let sum = 0;
  for (const [path, entry] of tree) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      folders.add(path.slice(0, end));
    const size = entry.kind === 'copy' ? lstatSync(entry.from).size : contentOf(entry).length;
    sum += entry.kind === 'link' ? 1 : Math.ceil(size / 1024);
  }
  return sum + folders.size;
}

function sums(tree: FileTree): string {
  const configuration = configurationFiles(tree);
  return sortedPaths(tree)
    .filter((path) => tree.get(path)?.kind !== 'link' && !configuration.includes(path))
    .map((path) => {
      const entry = tree.get(path);
      const content = entry === undefined ? '' : contentOf(entry);
      return `${createHash('md5').update(content).digest('hex')}  ${path}\n`;
    })
    .join('');
}
