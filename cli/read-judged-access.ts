import { randomBytes } from 'node:crypto';
import { compilePolicy, type CompiledPolicy } from '../signer/access/compile-policy.ts';
import { readAccessFile } from '../signer/access/read-access-file.ts';

/**
 * An access file, ready to answer questions without a signer. The owner's token is not needed to judge, and who asks
 * need not be able to read it.
 * @throws ACCESS_FILE_INVALID, ACCESS_FILE_WRITABLE
 */
export async function readJudgedAccess(file: string): Promise<CompiledPolicy> {
  return compilePolicy(await readAccessFile(file), randomBytes(32).toString('hex'));
}
