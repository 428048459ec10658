import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { addFolder, copyEntry, filesBelow, PROGRAM, textEntry, type FileTree } from './file-tree.ts';
import { manifest, SOURCE } from './source.ts';

/** What a package of any kind says of itself; scripts and what is for development are for a clone. */
export const packagedManifest = (): Record<string, unknown> =>
  without(manifest(), ['scripts', 'devDependencies']);

export const without = (
  from: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));

/** Vigil itself, built anew into a folder of its own, below `to`: what `files` of package.json names, and nothing else. */
export function programFiles(scratch: string, to = ''): FileTree {
  const built = join(scratch, 'dist');
  const compiler = join(SOURCE, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', built], {
    cwd: SOURCE,
    stdio: 'inherit',
  });
  const tree: FileTree = new Map();
  tree.set(join(to, 'package.json'), textEntry(`${JSON.stringify(packagedManifest(), null, 2)}\n`));
  const programs = Object.values(manifest().bin);
  for (const name of manifest().files) {
    const from = name === 'dist' ? built : join(SOURCE, name);
    if (statSync(from).isDirectory()) addFolder(tree, from, join(to, name));
    else tree.set(join(to, name), copyEntry(from, programs.includes(name) ? PROGRAM : undefined));
  }
  return tree;
}

/** What of `dist/` there has to be for the sources that there are. The demo brings `devnet/` in. */
export function expectedBuild(): string[] {
  const rooms = ['core', 'slashing-db', 'signer', 'beacon', 'monitor', 'key-life', 'cli', 'devnet'];
  return rooms.flatMap((room) =>
    filesBelow(join(SOURCE, room))
      .filter((path) => /\.(ts|json)$/.test(path))
      .map((path) => join('dist', room, path.replace(/\.ts$/, '.js'))),
  );
}
