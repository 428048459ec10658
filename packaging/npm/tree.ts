import { join } from 'node:path';
import { copyEntry, textEntry, type FileTree } from '../file-tree.ts';
import { lockedPackages, lockFile } from '../locked-packages.ts';
import { packagedManifest, programFiles, without } from '../program-files.ts';
import { billOfMaterials, bomText, embeddedPrograms } from '../sbom.ts';
import { pinnedRuntime } from '../module-files.ts';
import { manifest, SOURCE } from '../source.ts';

const PAGES = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md'];
const ADDED = ['npm-shrinkwrap.json', 'sbom.cdx.json', 'CHANGELOG.md', 'SECURITY.md'];

/**
 * What the tarball holds. The lock file goes with it under the name that npm lets into a package: unpacked, `npm ci` installs
 * what was tested, down to the last dependency. (`npm install` of the file does not heed it.)
 */
export function npmTree(scratch: string, time: Date): FileTree {
  const tree = programFiles(scratch);
  for (const page of PAGES) tree.set(page, copyEntry(join(SOURCE, page)));
  const packaged = { ...packagedManifest(), files: [...manifest().files, ...ADDED] };
  tree.set('package.json', textEntry(`${JSON.stringify(packaged, null, 2)}\n`));
  tree.set('npm-shrinkwrap.json', textEntry(`${JSON.stringify(shrinkwrap(), null, 2)}\n`));
  const bom = billOfMaterials(lockedPackages(), embeddedPrograms(pinnedRuntime()), time);
  tree.set('sbom.cdx.json', textEntry(bomText(bom)));
  return tree;
}

/** The lock file without what is for development. */
function shrinkwrap(): unknown {
  const lock = lockFile();
  const own = without(lock.packages[''] as unknown as Record<string, unknown>, ['devDependencies']);
  const needed = lockedPackages(lock).map(({ path }) => [path, lock.packages[path]] as const);
  return { ...lock, packages: { '': own, ...Object.fromEntries(needed) } };
}
