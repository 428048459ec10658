import { manifest } from '../source.ts';

/** How Debian calls the machines that there is a pinned Node.js for. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export function architecture(of: string = process.arch): string {
  const name = ARCHITECTURES[of];
  if (name === undefined || process.platform !== 'linux')
    throw new Error(`there is no Debian package for ${process.platform} on ${of}`);
  return name;
}

/** A pre-release comes before its release: 1.0.0-rc.1 is 1.0.0~rc.1. */
export const debianVersion = (version: string = manifest().version): string => version.replace('-', '~');

export const MAINTAINER = 'Vigil maintainers <maintainers@vigil.invalid>';

/** What is wanted of the system, with the versions that the programs in the package are linked against. */
export const DEPENDS = [
  'init-system-helpers (>= 1.52)',
  'libc6 (>= 2.34)',
  'libgcc-s1',
  'libstdc++6 (>= 11)',
  'systemd (>= 250)',
];

/** The file `control`. */
export const controlText = (installedKilobytes: number): string =>
  [
    'Package: vigil',
    `Version: ${debianVersion()}`,
    `Architecture: ${architecture()}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${installedKilobytes}`,
    `Depends: ${DEPENDS.join(', ')}`,
    'Suggests: prometheus, prometheus-alertmanager',
    'Section: net',
    'Priority: optional',
    'Description: remote signer for Ethereum validators with a slashing guard',
    ' Vigil signs for Ethereum validators over the remote-signing API of Web3Signer.',
    ' Before every signature the slashing-protection database has recorded it',
    ' durably; what could be slashed is refused with a reason.',
    ' .',
    ' With it come a monitor of duties, uptime and rewards, alert rules and',
    ' dashboards for Prometheus and Grafana, and the pinned Node.js runtime.',
    '',
  ].join('\n');

/** The changelog as Debian writes it; what changed is told in CHANGELOG.md. */
export const changelogText = (time: Date): string =>
  [
    `vigil (${debianVersion()}) stable; urgency=medium`,
    '',
    `  * Release ${manifest().version}. What changed is in /usr/share/doc/vigil/CHANGELOG.md.`,
    '',
    ` -- ${MAINTAINER}  ${time.toUTCString().replace('GMT', '+0000')}`,
    '',
  ].join('\n');
