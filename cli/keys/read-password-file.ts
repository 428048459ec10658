import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';
import { decodePassword } from '../../signer/keystore/password.ts';

/** The password in a file, without the newline that editors put at its end. */
export async function readPasswordFile(path: string): Promise<string> {
  return decodePassword(await readBoundedFile(path), path).replace(/\r?\n$/, '');
}
