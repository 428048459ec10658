/**
 * Directives that only the system's service manager can keep: they take privileges, or namespaces that many
 * distributions keep from users. Left in, the service would not start.
 */
const SYSTEM_ONLY = new Set([
  'User',
  'Group',
  'OOMScoreAdjust',
  'IOSchedulingClass',
  'RequiresMountsFor',
  'CapabilityBoundingSet',
  'AmbientCapabilities',
  'PrivateUsers',
  'ProtectSystem',
  'ProtectHome',
  'PrivateTmp',
  'PrivateDevices',
  'DevicePolicy',
  'PrivateMounts',
  'PrivateNetwork',
  'ProtectHostname',
  'ProtectClock',
  'ProtectKernelTunables',
  'ProtectKernelModules',
  'ProtectKernelLogs',
  'ProtectControlGroups',
  'ProtectProc',
  'ProcSubset',
  'RemoveIPC',
  'KeyringMode',
  'NoExecPaths',
  'ReadWritePaths',
  'IPAddressDeny',
  'IPAddressAllow',
]);

/** The manager of a user knows no units of the system to come after. */
const SYSTEM_UNITS = / ?(network-online|time-sync)\.target/g;

/** Comments belong to the line below them, and go with it. */
export function forUserManager(unit: string): string {
  const kept: string[] = [];
  let comments: string[] = [];
  for (const line of unit.split('\n')) {
    if (line.startsWith('#')) {
      comments.push(line);
      continue;
    }
    const left = ofUser(line);
    if (left !== null) kept.push(...comments, left);
    comments = [];
  }
  return kept.join('\n');
}

function ofUser(line: string): string | null {
  const [name = ''] = line.split('=', 1);
  if (SYSTEM_ONLY.has(name)) return null;
  if (name !== 'Wants' && name !== 'After') return line;
  const names = line
    .slice(name.length + 1)
    .replaceAll(SYSTEM_UNITS, '')
    .trim();
  return names === '' ? null : `${name}=${names}`;
}
