import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root.ts';
import { forUserManager } from './user-unit.ts';
import { RUNTIME_FLAGS, type UnitValues } from './unit-values.ts';

export const UNITS = [
  'vigil-signer.service',
  'vigil-monitor.service',
  'vigil-backup.service',
  'vigil-backup.timer',
] as const;

/** The first words of every file written, by which it is known again. */
export const MARK = '# Written by `vigil install systemd`';

/** A template of `systemd/` with everything filled in. */
export function render(template: string, values: UnitValues): string {
  const read = (name: string): string => readFileSync(join(packageRoot(), 'systemd', name), 'utf8');
  const text = fill(
    read(template).replace('@SANDBOX@\n', () => read('sandbox.conf')),
    values,
  );
  return values.user ? forUserManager(text) : text;
}

function fill(text: string, values: UnitValues): string {
  const { user, root, node, dataDir, monitorDir, backupDir, credentials, allow } = values;
  const places: Readonly<Record<string, string>> = {
    VIGIL: [node, ...RUNTIME_FLAGS, join(root, 'cli/vigil.js')].join(' '),
    DATA_DIR: dataDir,
    MONITOR_DIR: monitorDir,
    BACKUP_DIR: backupDir,
    CREDENTIALS: credentials,
    ALLOW: allow.join(' '),
    TARGET: user ? 'default.target' : 'multi-user.target',
  };
  return text
    .replaceAll(/@([A-Z_]+)@/g, (_, name: string) => {
      const value = places[name];
      if (value === undefined) throw new Error(`the template has a place for ${name}, which nobody fills`);
      return value;
    })
    .replaceAll(/ +$/gm, '');
}
