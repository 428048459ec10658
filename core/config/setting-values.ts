import { resolve } from 'node:path';
import { coreError } from '../core-errors.ts';
import { parseUint64 } from '../uint64.ts';

/*
 * How the text of a setting is read, whether it came from a flag, a file or the environment. What cannot be is
 * CONFIG_INVALID with what is wrong; the setting's name is put in front by the caller.
 */

export const invalid = (what: string, cause?: unknown) => coreError('CONFIG_INVALID', what, cause);

export const text = (value: string): string => {
  if (value === '') throw invalid('must not be empty');
  return value;
};

export const port = (value: string): number => {
  const parsed = parseUint64(value, 'the port');
  if (parsed > 65535n) throw invalid('must be at most 65535');
  return Number(parsed);
};

export function oneOf<const Choice extends string>(...choices: readonly Choice[]) {
  return (value: string): Choice => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw invalid(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

export const between = (least: bigint, most: bigint) => (value: string) => {
  const parsed = parseUint64(value, 'the number');
  if (parsed < least) throw invalid(`must be at least ${least}`);
  if (parsed > most) throw invalid(`must be at most ${most}`);
  return parsed;
};

/** Where it leads to is looked at when it is opened; a password must not even come into the configuration. */
export const databaseUrl = (value: string): string => {
  const url = URL.parse(value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) throw invalid('must be a postgresql:// URL');
  if (url.password !== '' || url.searchParams.has('password')) {
    throw invalid('must not hold a password: use slashing-db-password-file or PGPASSFILE');
  }
  return value;
};

export const instanceName = (value: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(value)) {
    throw invalid('must be of letters, digits, dots and dashes, at most 63');
  }
  return value;
};

export const path = (value: string): string => resolve(text(value));

export const listed = (value: string): string[] => value.split(',').filter((part) => part !== '');

export const httpUrls = (value: string): readonly string[] =>
  listed(value).map((part) => {
    const url = URL.parse(part);
    if (url === null || !/^https?:$/.test(url.protocol)) throw invalid('must be http:// or https:// URLs');
    return part;
  });

/** In lower case. */
export const addresses = (value: string): readonly string[] =>
  listed(value).map((part) => {
    if (!/^0x[0-9a-fA-F]{40}$/.test(part)) throw invalid('must be addresses, 0x and 40 hex digits');
    return part.toLowerCase();
  });
