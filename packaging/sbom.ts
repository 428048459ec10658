import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { lockFile, needsOf, type LockedPackage } from './locked-packages.ts';
import { manifest } from './source.ts';

interface Component {
  readonly 'type': 'application' | 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly 'name': string;
  readonly [property: string]: unknown;
}

export interface Bom {
  readonly serialNumber: string;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [property: string]: unknown;
}

/** Programs inside packages, which those who look for known weaknesses look for by their own names. */
export interface EmbeddedProgram {
  readonly name: string;
  readonly version: string;
  /** The package that it comes in. */
  readonly within: string;
  readonly cpe: string;
}

/**
 * What is in a package of Vigil, as CycloneDX 1.6: from `package-lock.json` alone and the same for the same sources,
 * its serial number included.
 */
export function billOfMaterials(
  packages: readonly LockedPackage[],
  embedded: readonly EmbeddedProgram[],
  time: Date,
): Bom {
  const lock = lockFile();
  const { name, version, license, description } = manifest();
  const refs = new Map(packages.map((one) => [one.path, purl(one)]));
  const known = (paths: readonly string[]): string[] =>
    [...new Set(paths.map((path) => refs.get(path)).filter((ref) => ref !== undefined))].sort();
  const needs = new Map<string, Set<string>>([[purl({ name, version }), new Set(known(needsOf(lock, '')))]]);
  for (const one of packages) {
    // The same package at two places may find different things there: it needs them all.
    const together = needs.get(purl(one)) ?? new Set<string>();
    for (const ref of known(one.needs)) together.add(ref);
    needs.set(purl(one), together);
  }
  for (const { name: inner, version: its, within } of embedded) {
    needs.set(`${inner}@${its}`, new Set());
    needs
      .get(known(packages.filter((one) => one.name === within).map(({ path }) => path))[0] ?? '')
      ?.add(`${inner}@${its}`);
  }
  const body = {
    metadata: {
      timestamp: time.toISOString(),
      component: {
        'type': 'application',
        'bom-ref': purl({ name, version }),
        name,
        version,
        description,
        'licenses': licenses(license),
      },
    },
    components: [
      ...new Map(packages.map((one) => [purl(one), libraryOf(one)])).values(),
      ...embedded.map(programOf),
    ].sort((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1)),
    dependencies: [...needs]
      .map(([ref, dependsOn]) => ({ ref, dependsOn: [...dependsOn].sort() }))
      .sort((one, other) => (one.ref < other.ref ? -1 : 1)),
  };
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(body), version: 1, ...body };
}

export const bomText = (bom: Bom): string => `${JSON.stringify(bom, null, 2)}\n`;

/** What is known by a name of its own: Node.js, and the SQLite that is compiled into its binding. */
export function embeddedPrograms(runtime: LockedPackage): EmbeddedProgram[] {
  const database = new Database(':memory:');
  const sqlite = database.prepare('select sqlite_version()').pluck().get() as string;
  database.close();
  return [
    {
      name: 'node',
      version: runtime.version,
      within: runtime.name,
      cpe: `cpe:2.3:a:nodejs:node.js:${runtime.version}:*:*:*:lts:*:*:*`,
    },
    {
      name: 'sqlite',
      version: sqlite,
      within: 'better-sqlite3',
      cpe: `cpe:2.3:a:sqlite:sqlite:${sqlite}:*:*:*:*:*:*:*`,
    },
  ];
}

const purl = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

const libraryOf = (one: LockedPackage): Component => ({
  'type': 'library',
  'bom-ref': purl(one),
  'name': one.name,
  'version': one.version,
  'hashes': [{ alg: 'SHA-512', content: one.sha512 }],
  ...(one.license === null ? {} : { licenses: licenses(one.license) }),
  'purl': purl(one),
});

const programOf = ({ name, version, cpe }: EmbeddedProgram): Component => ({
  'type': name === 'node' ? 'platform' : 'library',
  'bom-ref': `${name}@${version}`,
  name,
  version,
  cpe,
});

/** One licence by its id, several as an expression of SPDX. */
const licenses = (license: string): object[] =>
  /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];

/** A UUID of the contents instead of a random one (RFC 9562, version 8). */
function serialOf(body: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
