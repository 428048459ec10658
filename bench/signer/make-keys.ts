import { randomUUID } from 'node:crypto';
import type { Pubkey } from '../../core/units.ts';
import { generateSecretKey, pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { sealSecret } from '../../signer/keystore/cipher.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';

/** A key derivation that costs nothing: the time to open keystores is not what is measured here. */
const CHEAP_KDF = {
  function: 'pbkdf2',
  params: { dklen: 32, c: 1, prf: 'hmac-sha256', salt: '00'.repeat(32) },
  message: '',
} as const;
const PASSWORD = 'benchmark';

/** Fills a data directory with keystores of new keys. */
export async function makeKeys(dataDir: string, count: number): Promise<Pubkey[]> {
  const directory = new KeyDirectory(dataDir);
  const pubkeys: Pubkey[] = [];
  for (let made = 0; made < count; made += 1) {
    const secretKey = generateSecretKey();
    const pubkey = pubkeyOf(secretKey);
    const keystore = {
      crypto: await sealSecret(secretKey.toBytes(), PASSWORD, CHEAP_KDF),
      pubkey: pubkey.slice(2),
      path: '',
      uuid: randomUUID(),
      version: 4,
    } as const;
    await directory.add(keystore, PASSWORD, pubkey);
    pubkeys.push(pubkey);
  }
  return pubkeys;
}
