import type { SecretKey } from '@chainsafe/blst';
import { parseUint64 } from '../../core/uint64.ts';
import type { Pubkey } from '../../core/units.ts';
import { MAX_INDEX } from '../../key-life/derivation/key-path.ts';
import { keyLifeError } from '../../key-life/key-life-errors.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { cliError } from '../cli-errors.ts';
import { keyTreeOf, type MnemonicOptions } from '../prompt/mnemonic-source.ts';
import { Terminal } from '../prompt/terminal.ts';
import { readPasswordFile } from '../keys/read-password-file.ts';
import { keystoreKeys } from './keystore-keys.ts';

export interface SearchOptions {
  readonly startIndex: string;
  readonly search: string;
}

export interface KeySourceOptions extends MnemonicOptions, SearchOptions {
  readonly keystores?: string[];
  readonly passwordFile?: string;
}

/** The indices of a mnemonic that are looked through. @throws BAD_ARGUMENT */
export function searchedIndices({ startIndex, search }: SearchOptions): number[] {
  const [first, count] = [parseUint64(startIndex, '--start-index'), parseUint64(search, '--search')];
  if (count < 1n || count > 100_000n || first + count - 1n > BigInt(MAX_INDEX)) {
    throw cliError('BAD_ARGUMENT', '--start-index and --search must name 1 to 100000 keys that exist');
  }
  return Array.from({ length: Number(count) }, (_, at) => Number(first) + at);
}

/**
 * The secret keys that are needed, from keystores or from a mnemonic; no keystore is opened that is not needed.
 * @throws KEY_NOT_FOUND unless all are found, KEYSTORES_NOT_FOUND, KEY_FILE_*, MNEMONIC_INVALID
 */
export async function signingKeys(
  wanted: ReadonlySet<Pubkey>,
  options: KeySourceOptions,
): Promise<Map<Pubkey, SecretKey>> {
  const { keystores } = options;
  if (keystores !== undefined) {
    const { passwordFile } = options;
    return keystoreKeys(wanted, keystores, () =>
      passwordFile === undefined ? askPassword() : readPasswordFile(passwordFile),
    );
  }
  const found = await fromMnemonic(wanted, options);
  const missing = [...wanted].filter((pubkey) => !found.has(pubkey));
  if (missing.length > 0) throw keyLifeError('KEY_NOT_FOUND', `no key for ${missing.join(', ')}`);
  return found;
}

async function fromMnemonic(
  wanted: ReadonlySet<Pubkey>,
  options: KeySourceOptions,
): Promise<Map<Pubkey, SecretKey>> {
  const indices = searchedIndices(options);
  const tree = await keyTreeOf(options);
  const found = new Map<Pubkey, SecretKey>();
  for (const index of indices) {
    if (found.size === wanted.size) break;
    const secretKey = tree.validatorKey(index, 'signing');
    const pubkey = pubkeyOf(secretKey);
    if (wanted.has(pubkey)) found.set(pubkey, secretKey);
  }
  return found;
}

function askPassword(): Promise<string> {
  if (!Terminal.available) throw cliError('BAD_ARGUMENT', 'name the password: --password-file FILE');
  return Terminal.with((terminal) => terminal.askHidden('Password of the keystores: '));
}
