import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { slashingDbError } from '../../errors.ts';
import { passwordFromPassfile } from './passfile.ts';
import { readSecretFile } from './secret-file.ts';

/** Where a database is, and how to get in. Can be shown: it holds no password. */
export interface PostgresTarget {
  readonly url: string;
  readonly passwordFile: string | null;
}

/** Whether a `--slashing-db` names a server rather than a file. */
export const isDatabaseUrl = (text: string): boolean => /^postgres(ql)?:/i.test(text);

const SSL_MODES = ['disable', 'verify-ca', 'verify-full'] as const;
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options', 'host', 'application_name'];

/**
 * What the driver is given. Unlike libpq it takes nothing from the environment but PGPASSFILE: what a signer writes to
 * is said in its configuration. A password in a URL would be in the list of processes and in every log.
 * @throws DB_URL_INVALID naming what is wrong, DB_SECRET_EXPOSED; its `password` throws DB_PASSWORD_MISSING too
 */
export function clientConfig({ url, passwordFile }: PostgresTarget): pg.ClientConfig {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !isDatabaseUrl(url)) throw invalid('it is no postgresql:// URL');
  if (parsed.password !== '') {
    throw invalid(
      'it has a password in it: leave that out, and name a file with --slashing-db-password-file or PGPASSFILE',
    );
  }
  for (const name of new Set(parsed.searchParams.keys())) {
    if (!PARAMETERS.includes(name)) throw invalid(`the parameter ${name} is not known`);
    if (parsed.searchParams.getAll(name).length > 1) throw invalid(`${name} is there twice`);
  }
  const parameter = (name: string): string | undefined => parsed.searchParams.get(name) ?? undefined;
  const host = parameter('host') ?? decodeURIComponent(parsed.hostname).replace(/^\[|\]$/g, '');
  if (host === '') throw invalid('it names no host');
  const user = decodeURIComponent(parsed.username);
  if (user === '') throw invalid('it names no user');
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (database === '') throw invalid('it names no database');
  const port = parsed.port === '' ? 5432 : Number(parsed.port);
  const place = { host, port, database, user };
  return {
    ...place,
    password: () => passwordOf(passwordFile, place),
    ssl: tls(parameter, host),
    application_name: parameter('application_name') ?? 'vigil',
    ...(parameter('options') !== undefined && { options: parameter('options') }),
  };
}

/** The URL as it is shown: without what should not have been in it. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'a URL that cannot be read';
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.toString();
}

function tls(parameter: (name: string) => string | undefined, host: string): false | object {
  const local = host.startsWith('/') || host === 'localhost' || host === '127.0.0.1' || host === '::1';
  const mode = parameter('sslmode') ?? (local ? 'disable' : 'verify-full');
  const known = SSL_MODES.find((one) => one === mode);
  if (known === undefined) {
    throw invalid(
      `sslmode ${mode} would not make sure who the server is: use one of ${SSL_MODES.join(', ')}`,
    );
  }
  if (known === 'disable') {
    if (local) return false;
    throw invalid(
      `sslmode disable is for this machine alone: whoever is between us and ${host} could answer`,
    );
  }
  const file = (name: string): Buffer | undefined => {
    const path = parameter(name);
    return path === undefined ? undefined : read(path, name);
  };
  const secret = (path?: string): Buffer | undefined =>
    path === undefined ? undefined : readSecretFile(path, 'sslkey');
  return {
    rejectUnauthorized: true,
    ca: file('sslrootcert'),
    cert: file('sslcert'),
    key: secret(parameter('sslkey')),
    // The driver passes the host on; without its name only the authority is checked.
    ...(known === 'verify-ca' && { checkServerIdentity: () => undefined }),
  };
}

/** Asked for when the server wants one; read at every connection, so that a new password needs no restart. */
function passwordOf(
  file: string | null,
  place: { host: string; port: number; database: string; user: string },
): string {
  const password =
    file === null
      ? passwordFromPassfile(process.env['PGPASSFILE'], place)
      : readSecretFile(file, 'slashing-db-password-file')
          .toString('utf8')
          .replace(/\r?\n$/, '');
  if (password !== null && password !== '') return password;
  const { user, host, database } = place;
  throw slashingDbError(
    'DB_PASSWORD_MISSING',
    `${host} wants a password of ${user} for the database ${database}, and there is ${file === null ? 'none' : `none in ${file}`}`,
  );
}

function read(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw slashingDbError('DB_URL_INVALID', `${name}: ${(error as Error).message}`, error);
  }
}

const invalid = (what: string) =>
  slashingDbError('DB_URL_INVALID', `the URL of the slashing database: ${what}`);
