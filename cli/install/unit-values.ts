import { homedir } from 'node:os';
import { join } from 'node:path';
import { cliError } from '../cli-errors.ts';
import { packageRoot } from './package-root.ts';

/** What the templates in `systemd/` leave open. */
export interface UnitValues {
  /** Of the user's own service manager: no users, no root, less of a sandbox. */
  readonly user: boolean;
  readonly root: string;
  readonly node: string;
  readonly dataDir: string;
  readonly monitorDir: string;
  readonly backupDir: string;
  readonly credentials: string;
  /** Addresses and networks, besides this machine, that the signer may speak with. */
  readonly allow: readonly string[];
}

/** The flags that the launcher gives the runtime. */
export const RUNTIME_FLAGS = [
  '--disable-sigusr1',
  '--max-semi-space-size=4',
  '--heap-growing-percent=50',
] as const;

interface Wanted {
  readonly user: boolean;
  /** Null: the usual place. */
  readonly dataDir: string | null;
  readonly backupDir: string | null;
  readonly allow: readonly string[];
  /** They are only to be removed: whether the services could reach it all does not matter. */
  readonly removing?: boolean;
  readonly root?: string;
  readonly node?: string;
  readonly home?: string;
}

/** @throws BAD_ARGUMENT, OUT_OF_REACH */
export function unitValues(wanted: Wanted): UnitValues {
  const { user, root = packageRoot(), node = process.execPath, home = homedir(), allow } = wanted;
  const dataDir = wanted.dataDir ?? (user ? join(home, '.local/share/vigil') : '/var/lib/vigil');
  const values = {
    ...{ user, root, node, dataDir, allow },
    // Under one user the monitor finds the signer by the data directory that they share.
    monitorDir: user ? dataDir : `${dataDir}-monitor`,
    backupDir: wanted.backupDir ?? (user ? `${dataDir}-backup` : '/var/backups/vigil'),
    credentials: user ? join(home, '.config/vigil/credentials') : '/etc/vigil/credentials',
  };
  for (const path of [root, node, dataDir, values.backupDir, values.credentials]) assertPlain(path);
  for (const address of allow) assertAddress(address);
  if (!user && wanted.removing !== true)
    for (const path of [root, node, dataDir, values.backupDir]) assertInReach(path);
  return values;
}

/** A unit has its own rules for spaces, quotes, percent and dollar signs; no path of a service needs any of them. */
function assertPlain(path: string): void {
  if (/^(\/[A-Za-z0-9_@+.,:~-]+)+$/.test(path) && !/\/\.\.?(\/|$)/.test(path)) return;
  throw cliError('BAD_ARGUMENT', `${path} cannot stand in a unit: use an absolute path of plain characters`);
}

function assertAddress(text: string): void {
  if (/^[0-9a-fA-F.:]+(\/[0-9]{1,3})?$/.test(text) && /[.:]/.test(text)) return;
  throw cliError('BAD_ARGUMENT', `--allow-address wants an IP address or network: ${text}`);
}

/** The services see neither homes nor the real /tmp. */
function assertInReach(path: string): void {
  const hidden = ['/home/', '/root/', '/run/user/', '/tmp/', '/var/tmp/'].find((start) =>
    path.startsWith(start),
  );
  if (hidden === undefined) return;
  throw cliError('OUT_OF_REACH', `${path} is in ${hidden}, which a system service of Vigil does not see`);
}
