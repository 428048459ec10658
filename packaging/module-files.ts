import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { copyEntry, filesBelow, PROGRAM, type FileTree } from './file-tree.ts';
import { installedPackages, type LockedPackage } from './locked-packages.ts';
import { manifest, SOURCE } from './source.ts';

/** Never read while Vigil runs: types and sources of what was compiled, maps, pages, settings of other people's tools. */
const IDLE =
  /\.([cm]?ts|map|flow|c|cc|cpp|h|hpp|gyp|gypi|wat|rs|md|markdown|ya?ml|sh|py|html|css|svg|png|ico|tsbuildinfo)$|(^|\/)(\.[^/]+|AUTHORS|Makefile|CHANGELOG|bower\.json|package-lock\.json|tsconfig[^/]*)$/i;

/** Folders at the top of a package that hold nothing else. */
const IDLE_FOLDER = /^(\.[^/]+|tests?|__tests__|benchmarks?|bench|fixtures?|examples?|docs?|coverage)$/i;

/** Licences go along with what they are of. */
const KEPT = /^(licen[cs]e|notice|copying)/i;

/** The packages that Vigil needs to run on this platform, below `to`, without what a run never reads. */
export function moduleFiles(to: string): FileTree {
  const tree: FileTree = new Map();
  for (const { path, name } of installedPackages()) {
    const folder = join(SOURCE, path);
    const runs = name in manifest().optionalDependencies;
    for (const file of filesBelow(folder, (inner) => isIdle(inner, runs))) {
      // Only the runtime is a program here; what npm unpacked with other bits has no use for them.
      const program = runs && file === runtimeOf(folder);
      tree.set(join(to, path, file), copyEntry(join(folder, file), program ? PROGRAM : undefined));
    }
  }
  return tree;
}

/** The pinned Node.js of this platform: its package, and the program in it as a path from there. */
export function pinnedRuntime(): LockedPackage & { readonly program: string } {
  const names = Object.keys(manifest().optionalDependencies);
  const found = installedPackages().find(({ name }) => names.includes(name));
  if (found === undefined) throw new Error('the pinned Node.js is not installed: run npm ci');
  return { ...found, program: runtimeOf(join(SOURCE, found.path)) };
}

function runtimeOf(folder: string): string {
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | { node: string };
  };
  const program = typeof bin === 'string' ? bin : bin.node;
  if (!statSync(join(folder, program)).isFile()) throw new Error(`${folder} has no Node.js in it`);
  return program;
}

function isIdle(inner: string, ofRuntime: boolean): boolean {
  const name = basename(inner);
  // Packages in a package come by themselves.
  if (name === 'node_modules') return true;
  if (KEPT.test(name)) return false;
  // Headers and pages of Node.js are for those who compile.
  if (ofRuntime) return !/^(bin(\/node(\.exe)?)?|package\.json)$/.test(inner);
  if (IDLE_FOLDER.test(inner)) return true;
  if (inner.endsWith('.node')) return !ofThisPlatform(name);
  return IDLE.test(inner);
}

/** Several packages bring the native module of every platform along. */
const ofThisPlatform = (name: string): boolean =>
  name.includes(`${process.platform}-${process.arch}`) && !name.includes('musl');
