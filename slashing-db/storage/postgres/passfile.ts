import { readSecretFile } from './secret-file.ts';

interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The password that a file in the format of libpq has for a place: `host:port:database:user:password`, `*` for any, the
 * first line that fits. The driver's own reader is on its way out.
 * @throws DB_URL_INVALID when it cannot be read, DB_SECRET_EXPOSED
 */
export function passwordFromPassfile(path: string | undefined, place: Place): string | null {
  if (path === undefined || path === '') return null;
  const wanted = [place.host, String(place.port), place.database, place.user];
  for (const line of lines(path)) {
    const fields = fieldsOf(line);
    const [password] = fields.slice(4);
    if (password === undefined) continue;
    if (wanted.every((value, at) => fields[at] === '*' || fields[at] === value)) return password;
  }
  return null;
}

const lines = (path: string): string[] =>
  readSecretFile(path, 'PGPASSFILE')
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'));

/** A colon or a backslash in a field has a backslash before it. */
const fieldsOf = (line: string): string[] =>
  [...line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g)].map(([, field = '']) => field.replaceAll(/\\(.)/g, '$1'));
