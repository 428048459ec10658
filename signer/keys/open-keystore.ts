import type { SecretKey } from '@chainsafe/blst';
import type { Pubkey } from '../../core/units.ts';
import { pubkeyOf } from '../keystore/bls-keys.ts';
import { unlockKeystore, type Keystore } from '../keystore/eip2335.ts';

/** A keystore that was opened and holds the key it names. */
export interface OpenedKeystore {
  readonly pubkey: Pubkey;
  readonly secretKey: SecretKey;
  readonly keystore: Keystore;
  readonly password: string;
}

/** The first half of an import: changes nothing. @throws KEYSTORE_* */
export async function openKeystore(keystore: Keystore, password: string): Promise<OpenedKeystore> {
  const secretKey = await unlockKeystore(keystore, password);
  return { pubkey: pubkeyOf(secretKey), secretKey, keystore, password };
}
