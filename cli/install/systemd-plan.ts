import { join } from 'node:path';
import { render, UNITS } from './render-units.ts';
import type { UnitValues } from './unit-values.ts';

export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/** A command line, and whether going on without its success is all right. */
export interface PlannedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly mayFail: boolean;
}

export interface SystemdPlan {
  readonly files: readonly PlannedFile[];
  /** Made with mode 700 when missing. */
  readonly folders: readonly string[];
  readonly before: readonly PlannedCommand[];
  readonly after: readonly PlannedCommand[];
}

const run = (...argv: [string, ...string[]]): PlannedCommand => ({ argv, mayFail: false });
const attempt = (...argv: [string, ...string[]]): PlannedCommand => ({ argv, mayFail: true });

export const systemctl = (values: UnitValues): [string, ...string[]] =>
  values.user ? ['systemctl', '--user'] : ['systemctl'];

/** Writes the files and tells systemd; nothing is started or enabled. */
export function installPlan(values: UnitValues, unitFolder: string): SystemdPlan {
  const reload = run(...systemctl(values), 'daemon-reload');
  const units = unitFiles(values, unitFolder);
  if (values.user) {
    const folders = ['signer', 'monitor'].map((name) => join(values.credentials, name));
    return { files: units, folders: [...folders, values.dataDir], before: [], after: [reload] };
  }
  const [sysusers, tmpfiles] = systemFiles(values);
  return {
    files: [...units, sysusers, tmpfiles],
    folders: [],
    before: [],
    after: [
      run('systemd-sysusers', sysusers.path),
      run('systemd-tmpfiles', '--create', tmpfiles.path),
      reload,
    ],
  };
}

/** Stops and takes away what {@link installPlan} wrote. Data, users, credentials and drop-ins stay. */
export function uninstallPlan(values: UnitValues, unitFolder: string): SystemdPlan {
  const files = [...unitFiles(values, unitFolder), ...(values.user ? [] : systemFiles(values))];
  return {
    files,
    folders: [],
    // A unit that was never enabled or is not known any more.
    before: UNITS.map((unit) => attempt(...systemctl(values), 'disable', '--now', unit)),
    after: [run(...systemctl(values), 'daemon-reload')],
  };
}

const unitFiles = (values: UnitValues, folder: string): PlannedFile[] =>
  UNITS.map((unit) => ({ path: join(folder, unit), text: render(unit, values) }));

const systemFiles = (values: UnitValues): [PlannedFile, PlannedFile] => [
  { path: '/etc/sysusers.d/vigil.conf', text: render('vigil.sysusers', values) },
  { path: '/etc/tmpfiles.d/vigil.conf', text: render('vigil.tmpfiles', values) },
];
