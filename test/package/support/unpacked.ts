import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { contentOf, copyEntry, type FileTree } from '../../../packaging/file-tree.ts';
import { REPOSITORY } from './build-packages.ts';

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What is really in a package, whatever it was made from. */
export function unpack(file: string, folder = temporary()): string {
  mkdirSync(folder, { recursive: true });
  if (file.endsWith('.deb')) execFileSync('dpkg-deb', ['--raw-extract', file, folder]);
  else execFileSync('tar', ['--extract', '--preserve-permissions', '--file', file, '--directory', folder]);
  return file.endsWith('.deb') ? folder : join(folder, 'package');
}

export function treeOf(folder: string): FileTree {
  const tree: FileTree = new Map();
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = join(below, entry.name);
      const from = join(folder, path);
      if (entry.isDirectory()) walk(path);
      else if (entry.isSymbolicLink()) tree.set(path, { kind: 'link', to: readlinkSync(from) });
      else tree.set(path, copyEntry(from, lstatSync(from).mode & 0o7777));
    }
  };
  walk('');
  return tree;
}

export const checkedInList = (name: 'npm' | 'deb'): string =>
  readFileSync(join(REPOSITORY, 'packaging/files', `${name}.txt`), 'utf8');

/** The compiled files of a tree, from `dist/` on. */
export const compiled = (tree: FileTree): string[] =>
  [...tree.keys()]
    .filter((path) => !path.includes('node_modules/'))
    .map((path) => /(?:^|\/)(dist\/.*)$/.exec(path)?.[1])
    .filter((path) => path !== undefined)
    .sort();

/** Files that name the folder they were made in. */
export function whereMade(tree: FileTree): string[] {
  const here = REPOSITORY.replace(/\/$/, '');
  return [...tree]
    .filter(([path]) => !path.includes('node_modules/'))
    .filter(([, entry]) => Buffer.from(contentOf(entry)).includes(here))
    .map(([path]) => path);
}
