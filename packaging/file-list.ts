import { createHash } from 'node:crypto';
import { contentOf, sortedPaths, type FileTree } from './file-tree.ts';

/**
 * The list of a package that is checked in: every path with its mode, so that none comes or goes unnoticed. What was
 * compiled is left out, for it follows from the sources (a test compares); of a package of npm there is one line that
 * stands for all of its files and their contents, which only a change of its version changes.
 */
export function fileList(tree: FileTree): string {
  const lines: string[] = [];
  const modules = new Map<string, string[]>();
  for (const path of sortedPaths(tree)) {
    const module = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
    if (module !== undefined) modules.set(module, [...(modules.get(module) ?? []), path]);
    else if (!/(^|\/)dist\//.test(path)) lines.push(lineOf(tree, path));
  }
  for (const [module, paths] of modules) lines.push(moduleLine(tree, module, paths));
  return `${lines.sort().join('\n')}\n`;
}

function lineOf(tree: FileTree, path: string): string {
  const entry = tree.get(path);
  if (entry === undefined) throw new Error(`${path} is not in the tree`);
  return entry.kind === 'link' ? `${path} -> ${entry.to}` : `${path} ${modeOf(entry.mode)}`;
}

function moduleLine(tree: FileTree, module: string, paths: readonly string[]): string {
  const digest = createHash('sha256');
  for (const path of paths) {
    const entry = tree.get(path);
    if (entry === undefined) continue;
    const content = createHash('sha256').update(contentOf(entry)).digest('hex');
    digest.update(`${lineOf(tree, path)} ${content}\n`);
  }
  const manifest = tree.get(`${module}/package.json`);
  const { version } = JSON.parse(
    manifest === undefined ? '{}' : Buffer.from(contentOf(manifest)).toString(),
  ) as { version?: string };
  return `${module}@${version ?? '?'} ${paths.length} files ${digest.digest('hex').slice(0, 16)}`;
}

const modeOf = (mode: number): string => mode.toString(8).padStart(4, '0');
