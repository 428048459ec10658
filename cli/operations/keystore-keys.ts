import type { SecretKey } from '@chainsafe/blst';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { keyLifeError } from '../../key-life/key-life-errors.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import {
  parseKeystoreBytes,
  pubkeyNamedBy,
  unlockKeystore,
  type Keystore,
} from '../../signer/keystore/eip2335.ts';
import { findKeystoreFiles } from '../../signer/keystore/find-keystores.ts';
import { defaultConcurrency, inParallel } from '../../signer/keystore/load-in-parallel.ts';
import { decodePassword } from '../../signer/keystore/password.ts';
import { readPrivateFile } from '../../signer/keystore/private-file.ts';
import { readBoundedFile } from '../../signer/keystore/read-bounded-file.ts';
import { startProgress } from '../output/progress.ts';

interface Candidate {
  readonly file: string;
  readonly keystore: Keystore;
}

/** What became of one: a key, or why there is none, naming the file. */
type Opened = { readonly pubkey: Pubkey; readonly secretKey: SecretKey } | { readonly problem: string };

/**
 * The wanted keys that are in keystores. None is opened that names another key; one that names none only if keys are still
 * missing after the others. A file that cannot be used stands in nobody's way but of who needs it.
 * @param commonPassword of all that have none of their own beside them; asked for only if there are such
 * @throws KEY_NOT_FOUND when one is missing, with what is wrong with the files that could have it
 */
export async function keystoreKeys(
  wanted: ReadonlySet<Pubkey>,
  paths: readonly string[],
  commonPassword: () => Promise<string>,
): Promise<Map<Pubkey, SecretKey>> {
  const problems: string[] = [];
  const { named, nameless } = await candidates(wanted, paths, problems);
  const found = new Map<Pubkey, SecretKey>();
  let common: string | null = null;
  for (const group of [named, nameless]) {
    if (found.size === wanted.size || group.length === 0) continue;
    // Before the progress bar, which a question would be lost in.
    if (group.some(({ file }) => ownPasswordPath(file) === null)) common ??= await commonPassword();
    await openAll(group, wanted, found, problems, common);
  }
  const missing = [...wanted].filter((pubkey) => !found.has(pubkey));
  if (missing.length === 0) return found;
  throw keyLifeError('KEY_NOT_FOUND', [`no key for ${missing.join(', ')}`, ...problems].join('; '));
}

async function candidates(
  wanted: ReadonlySet<Pubkey>,
  paths: readonly string[],
  problems: string[],
): Promise<{ readonly named: Candidate[]; readonly nameless: Candidate[] }> {
  const [named, nameless]: [Candidate[], Candidate[]] = [[], []];
  for (const file of await findKeystoreFiles(paths, { unreadable: 'list' })) {
    try {
      const keystore = parseKeystoreBytes(await readBoundedFile(file), file);
      const pubkey = pubkeyNamedBy(keystore);
      if (pubkey === null) nameless.push({ file, keystore });
      else if (wanted.has(pubkey)) named.push({ file, keystore });
    } catch (error) {
      problems.push(problemOf(file, error));
    }
  }
  return { named, nameless };
}

async function openAll(
  group: readonly Candidate[],
  wanted: ReadonlySet<Pubkey>,
  found: Map<Pubkey, SecretKey>,
  problems: string[],
  common: string | null,
): Promise<void> {
  const left = function* (): Generator<Candidate> {
    for (const one of group) {
      if (found.size === wanted.size) return;
      const named = pubkeyNamedBy(one.keystore);
      // A second file of the same key is opened only if the first did not do.
      if (named === null || !found.has(named)) yield one;
    }
  };
  const progress = startProgress('opening keystores', group.length);
  let done = 0;
  try {
    for await (const opened of inParallel(left(), defaultConcurrency(), (one) => openOne(one, common))) {
      progress.update((done += 1));
      if ('problem' in opened) problems.push(opened.problem);
      else if (wanted.has(opened.pubkey)) found.set(opened.pubkey, opened.secretKey);
    }
  } finally {
    progress.stop();
  }
}

async function openOne({ file, keystore }: Candidate, common: string | null): Promise<Opened> {
  try {
    const path = ownPasswordPath(file);
    const password = path === null ? common : decodePassword(await readPrivateFile(path), path);
    const secretKey = await unlockKeystore(keystore, password ?? '');
    return { pubkey: pubkeyOf(secretKey), secretKey };
  } catch (error) {
    return { problem: problemOf(file, error) };
  }
}

/** Of a keystore in a data directory of Vigil, `keys/0x….json`: `secrets/0x…`. Null for any other. */
function ownPasswordPath(file: string): string | null {
  const folder = dirname(file);
  if (basename(folder) !== 'keys') return null;
  const path = join(dirname(folder), 'secrets', basename(file, '.json'));
  return existsSync(path) ? path : null;
}

function problemOf(file: string, error: unknown): string {
  const said = isVigilError(error) ? `${error.code}: ${error.message}` : (error as Error).message;
  return said.includes(file) ? said : `${file}: ${said}`;
}
