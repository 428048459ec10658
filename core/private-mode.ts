import { dirname, resolve } from 'node:path';

/**
 * The permissions of a file that is to be its owner's alone, as text, when it is not; null: it is.
 * @param mode as `stat` tells it
 */
export function exposedMode(path: string, mode: number): string | null {
  // Windows has no permission bits to check. Of thousands of files all are private as a rule, wherever they are.
  if (process.platform === 'win32' || (mode & 0o077) === 0 || (mode & forbiddenBits(path)) === 0) return null;
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/**
 * What a service manager hands over lies in a folder that only we may enter. Where it grants us the file by an access
 * list, the group's bits show the mask of that list, and no group's permission.
 */
function forbiddenBits(path: string): number {
  const credentials = process.env['CREDENTIALS_DIRECTORY'];
  return credentials !== undefined && dirname(resolve(path)) === resolve(credentials) ? 0o037 : 0o077;
}
