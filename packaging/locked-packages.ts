import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCE } from './source.ts';

/** An entry of `package-lock.json`. */
interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: true;
  readonly devOptional?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface LockFile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

export interface LockedPackage {
  /** `node_modules/a/node_modules/b` */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string | null;
  /** SHA-512 in hexadecimal of what the registry serves. */
  readonly sha512: string;
  /** The paths of what it needs and finds. */
  readonly needs: readonly string[];
}

export const lockFile = (): LockFile =>
  JSON.parse(readFileSync(join(SOURCE, 'package-lock.json'), 'utf8')) as LockFile;

/** What Vigil needs to run, on any platform; nothing that is for development. */
export function lockedPackages(lock: LockFile = lockFile()): LockedPackage[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .map(([path, locked]) => ({
      path,
      name: nameOf(path),
      version: locked.version,
      license: locked.license ?? null,
      sha512: sha512Of(path, locked),
      needs: needsOf(lock, path),
    }));
}

/** Those of them that npm installed here, which are those of this platform. @throws when one is of another version */
export function installedPackages(): LockedPackage[] {
  return lockedPackages().filter(({ path, version }) => {
    const file = join(SOURCE, path, 'package.json');
    if (!existsSync(file)) return false;
    const found = (JSON.parse(readFileSync(file, 'utf8')) as Locked).version;
    if (found !== version)
      throw new Error(`${path} is ${found}, package-lock.json says ${version}: run npm ci`);
    return true;
  });
}

/** The paths of what a package, or Vigil itself (`''`), needs: as Node.js looks for them, upwards. */
export function needsOf({ packages }: LockFile, path: string): string[] {
  const locked = packages[path];
  const names = Object.keys({
    ...locked?.dependencies,
    ...locked?.optionalDependencies,
    ...locked?.peerDependencies,
  });
  return names
    .map((name) => found(packages, path, name))
    .filter((needed): needed is string => needed !== null)
    .sort();
}

function found(packages: LockFile['packages'], path: string, name: string): string | null {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    const candidate = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
    if (candidate in packages) return candidate;
    if (from === '') return null;
  }
}

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function sha512Of(path: string, { integrity = '' }: Locked): string {
  const digest = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity)?.[1];
  if (digest === undefined) throw new Error(`${path} has no SHA-512 in package-lock.json`);
  return Buffer.from(digest, 'base64').toString('hex');
}
