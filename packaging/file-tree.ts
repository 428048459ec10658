import {
  chmodSync,
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What one path of a package is. Everything belongs to root. */
export type Entry =
  | { readonly kind: 'text'; readonly mode: number; readonly text: string | Uint8Array }
  | { readonly kind: 'copy'; readonly mode: number; readonly from: string }
  | { readonly kind: 'link'; readonly to: string };

/** Paths below the root of a package, without a slash in front. */
export type FileTree = Map<string, Entry>;

export const PLAIN = 0o644;
export const PROGRAM = 0o755;

export const textEntry = (text: string | Uint8Array, mode = PLAIN): Entry => ({ kind: 'text', mode, text });
export const copyEntry = (from: string, mode = PLAIN): Entry => ({ kind: 'copy', mode, from });

export const sortedPaths = (tree: FileTree): string[] => [...tree.keys()].sort();

export function contentOf(entry: Entry): Uint8Array {
  if (entry.kind === 'copy') return readFileSync(entry.from);
  const text = entry.kind === 'link' ? entry.to : entry.text;
  return typeof text === 'string' ? Buffer.from(text) : text;
}

/** All files below a folder, links not followed, as paths from there. */
export function filesBelow(folder: string, skip: (path: string) => boolean = () => false): string[] {
  const walk = (below: string): string[] =>
    readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      if (skip(path)) return [];
      return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
    });
  return walk('').sort();
}

/** Adds a folder of the sources, all of it plain files. */
export function addFolder(tree: FileTree, from: string, to: string): void {
  for (const path of filesBelow(from)) tree.set(join(to, path), copyEntry(join(from, path)));
}

/** Writes all of it with exact modes and one time, whatever the umask and whenever it is. */
export function writeTree(tree: FileTree, folder: string, time: Date): void {
  const folders = new Set<string>();
  for (const path of sortedPaths(tree)) {
    const target = join(folder, path);
    for (let above = dirname(target); above.length >= folder.length; above = dirname(above))
      folders.add(above);
    mkdirSync(dirname(target), { recursive: true });
    writeEntry(tree.get(path) as Entry, target);
    lutimesSync(target, time, time);
  }
  // The deepest first: what is made in a folder changes its time.
  for (const path of [...folders].sort().reverse()) {
    chmodSync(path, PROGRAM);
    lutimesSync(path, time, time);
  }
}

function writeEntry(entry: Entry, target: string): void {
  if (entry.kind === 'link') {
    symlinkSync(entry.to, target);
    return;
  }
  if (entry.kind === 'copy') copyFileSync(entry.from, target);
  else writeFileSync(target, entry.text);
  chmodSync(target, entry.mode);
}
