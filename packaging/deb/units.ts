import { MARK, render, UNITS } from '../../cli/install/render-units.ts';
import { unitValues } from '../../cli/install/unit-values.ts';
import { textEntry, type FileTree } from '../file-tree.ts';
import { pinnedRuntime } from '../module-files.ts';

/** Where Vigil is in the package. */
export const ROOT = 'usr/lib/vigil';

export const runtimePath = (): string => {
  const { path, program } = pinnedRuntime();
  return `/${ROOT}/${path}/${program}`;
};

/** Settings are where an administrator looks for them; verbs and services find them in the data directory. */
const LINKS = [
  'L /var/lib/vigil/vigil.yaml - - - - /etc/vigil/signer.yaml',
  'L /var/lib/vigil-monitor/vigil.yaml - - - - /etc/vigil/monitor.yaml',
];

/** Units, users and folders, as `vigil install systemd` writes them, but in the places of the distribution. */
export function unitFiles(): FileTree {
  const values = unitValues({
    user: false,
    dataDir: null,
    backupDir: null,
    allow: [],
    root: `/${ROOT}`,
    node: runtimePath(),
  });
  const ours = (name: string): string => render(name, values).replace(MARK, '# Part of the package vigil');
  return new Map([
    ...UNITS.map((unit) => [`usr/lib/systemd/system/${unit}`, textEntry(ours(unit))] as const),
    ['usr/lib/sysusers.d/vigil.conf', textEntry(ours('vigil.sysusers'))],
    ['usr/lib/tmpfiles.d/vigil.conf', textEntry(`${ours('vigil.tmpfiles')}${LINKS.join('\n')}\n`)],
  ]);
}
