import { join } from 'node:path';
import { RUNTIME_FLAGS } from '../../cli/install/unit-values.ts';
import { addFolder, copyEntry, filesBelow, PROGRAM, textEntry, type FileTree } from '../file-tree.ts';
import { installedPackages } from '../locked-packages.ts';
import { moduleFiles, pinnedRuntime } from '../module-files.ts';
import { programFiles } from '../program-files.ts';
import { billOfMaterials, bomText, embeddedPrograms } from '../sbom.ts';
import { SOURCE } from '../source.ts';
import { changelogText } from './about.ts';
import { copyrightText } from './copyright.ts';
import { manualFiles, zipped } from './manual.ts';
import { ROOT, runtimePath, unitFiles } from './units.ts';

const DOC = 'usr/share/doc/vigil';
const HERE = import.meta.dirname;

/** Everything that the package puts on a machine. */
export async function debTree(scratch: string, time: Date): Promise<FileTree> {
  const packages = installedPackages();
  const bom = billOfMaterials(packages, embeddedPrograms(pinnedRuntime()), time);
  const tree: FileTree = new Map([
    ...programFiles(scratch, ROOT),
    ...moduleFiles(ROOT),
    ...unitFiles(),
    ...(await manualFiles(time)),
    ['usr/bin/vigil', textEntry(launcher(), PROGRAM)],
    [`${DOC}/sbom.cdx.json`, textEntry(bomText(bom))],
    [`${DOC}/copyright`, textEntry(copyrightText(packages, ROOT, time.getUTCFullYear()))],
    [`${DOC}/changelog.gz`, zipped(changelogText(time))],
    // The runbooks are where `vigil alerts install` takes them from.
    [`${DOC}/runbooks`, { kind: 'link', to: '../../../lib/vigil/docs/runbooks' }],
    ['usr/share/lintian/overrides/vigil', copyEntry(join(HERE, 'lintian-overrides'))],
  ]);
  for (const page of ['README.md', 'CHANGELOG.md', 'SECURITY.md'])
    tree.set(join(DOC, page), copyEntry(join(SOURCE, page)));
  const isPage = (path: string): boolean => /^[\w-]+\.(md|json)$/.test(path);
  for (const page of filesBelow(join(SOURCE, 'docs')).filter(isPage))
    tree.set(join(DOC, page), copyEntry(join(SOURCE, 'docs', page)));
  addFolder(tree, join(HERE, 'etc'), 'etc/vigil');
  return tree;
}

/** What of it an administrator may change, and keeps. */
export const configurationFiles = (tree: FileTree): string[] =>
  [...tree.keys()].filter((path) => path.startsWith('etc/')).sort();

/** The command: the pinned Node.js with what `cli/vigil.js` would give it, without a second process. */
const launcher = (): string => `#!/bin/sh
export MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}"
export UV_THREADPOOL_SIZE="\${UV_THREADPOOL_SIZE:-$(($(nproc) + 3))}"
exec ${[runtimePath(), ...RUNTIME_FLAGS].join(' ')} /${ROOT}/cli/vigil.js "$@"
`;
