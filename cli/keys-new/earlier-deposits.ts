import { join } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { parseDepositFile } from '../../key-life/deposit/deposit-file.ts';
import { namesIn } from '../../signer/keystore/folder.ts';
import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';
import { confirm } from '../confirm.ts';

/** As the deposit tools call such a file, and Vigil too. */
const DEPOSIT_FILE = /^deposit_data.*\.json$/i;
/** 10,000 deposits are 7 MB. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Goes on only with a word of the operator where deposits for the same validators were made in this folder before: whoever
 * sends both files locks as much again in validators that have their stake, and gets no further one for it.
 * @throws CONFIRMATION_NEEDED, PROMPT_ABANDONED, KEY_FILE_UNREADABLE
 */
export async function confirmSecondDeposits(
  folder: string,
  pubkeys: readonly Pubkey[],
  yes: boolean,
): Promise<void> {
  const earlier = await earlierDeposits(folder, new Set(pubkeys));
  if (earlier.length === 0) return;
  const consequences = [
    'There are deposits already:',
    ...earlier.map((line) => `  ${line}`),
    'If the same validator is sent a deposit of both files, the second is added to the first: it makes no further validator.',
    'Nothing is wrong if the file that is there was never sent and never will be: then move it away.',
  ];
  await confirm(consequences, yes);
}

async function earlierDeposits(folder: string, pubkeys: ReadonlySet<string>): Promise<string[]> {
  const names = (await namesIn(folder)).filter((name) => DEPOSIT_FILE.test(name)).sort();
  const lines: string[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const deposited = await depositedIn(file);
    if (deposited === null) lines.push(`${file} cannot be read: nobody can tell whose they are`);
    else {
      const same = deposited.filter((pubkey) => pubkeys.has(pubkey)).length;
      if (same > 0) lines.push(`${file} has deposits for ${same} of these ${pubkeys.size} validators`);
    }
  }
  return lines;
}

/** Null for a file that is not one of deposits, or was cut off. */
async function depositedIn(file: string): Promise<string[] | null> {
  try {
    const entries = parseDepositFile(await readBoundedFile(file, MAX_BYTES), file);
    return entries.map(({ pubkey }) => `0x${pubkey}`);
  } catch (error) {
    if (isVigilError(error)) return null;
    throw error;
  }
}
