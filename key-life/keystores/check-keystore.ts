import { isVigilError } from '../../core/errors.ts';
import type { Pubkey } from '../../core/units.ts';
import { pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import {
  parseKeystoreBytes,
  pubkeyNamedBy,
  unlockKeystore,
  type Keystore,
} from '../../signer/keystore/eip2335.ts';
import type { KeyTree } from '../derivation/key-tree.ts';

export interface CheckedKeystore {
  /** Of the secret in it, else as it is named; null when neither is known. */
  readonly pubkey: Pubkey | null;
  readonly path: string | null;
  /** Empty when all is well. */
  readonly problems: readonly string[];
}

/** The signing key of a validator (EIP-2334). */
const SIGNING_PATH = /^m\/12381\/3600\/(0|[1-9][0-9]*)\/0\/0$/;
const WITHDRAWAL_PATH = /^m\/12381\/3600\/(0|[1-9][0-9]*)\/0$/;

/**
 * Opens a keystore and holds it against what it says of itself and, if given, against the mnemonic it should come from.
 * @param bytes of the file
 */
export async function checkKeystore(
  bytes: Uint8Array,
  field: string,
  password: string,
  tree: KeyTree | null,
): Promise<CheckedKeystore> {
  let keystore: Keystore | null = null;
  try {
    keystore = parseKeystoreBytes(bytes, field);
    const pubkey = pubkeyOf(await unlockKeystore(keystore, password));
    return { pubkey, path: keystore.path, problems: pathProblems(keystore, pubkey, tree) };
  } catch (error) {
    if (!isVigilError(error)) throw error;
    return {
      pubkey: keystore === null ? null : pubkeyNamedBy(keystore),
      path: keystore?.path ?? null,
      problems: [`${error.code}: ${error.message}`],
    };
  }
}

function pathProblems({ path }: Keystore, pubkey: Pubkey, tree: KeyTree | null): string[] {
  // Withdrawal keys sign no duties, and whoever holds one can take the money: a signer is no place for it.
  if (WITHDRAWAL_PATH.test(path)) return ['it is a withdrawal key, which must not lie beside a signer'];
  if (tree === null) return [];
  if (!SIGNING_PATH.test(path))
    return [`its path "${path.slice(0, 60)}" is not that of a signing key (EIP-2334)`];
  try {
    return pubkeyOf(tree.at(path)) === pubkey ? [] : ['the mnemonic has another key at this path'];
  } catch (error) {
    return [(error as Error).message];
  }
}
