import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that everything is made from. */
export const SOURCE = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

export const manifest = (): Manifest =>
  JSON.parse(readFileSync(`${SOURCE}/package.json`, 'utf8')) as Manifest;

/**
 * The time that everything in a package bears: SOURCE_DATE_EPOCH (reproducible-builds.org), or that of the commit, so that
 * the same sources make the same bytes.
 */
export function sourceDate(environment: NodeJS.ProcessEnv = process.env): Date {
  const given = environment['SOURCE_DATE_EPOCH'];
  const seconds =
    given ?? execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: SOURCE, encoding: 'utf8' }).trim();
  if (!/^(0|[1-9][0-9]{0,10})$/.test(seconds))
    throw new Error(`SOURCE_DATE_EPOCH wants seconds since 1970, not ${seconds}`);
  return new Date(Number(seconds) * 1000);
}

/** A day, as manual pages are dated. */
export const dayOf = (date: Date): string => date.toISOString().slice(0, 10);
