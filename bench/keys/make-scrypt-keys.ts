import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pubkey } from '../../core/units.ts';
import { keyCachePath } from '../../signer/data-directory.ts';
import { generateSecretKey, pubkeyOf } from '../../signer/keystore/bls-keys.ts';
import { passwordDigest } from '../../signer/keystore/cache/cache-lock.ts';
import { cachePlace } from '../../signer/keystore/cache/cache-place.ts';
import { SealedCache } from '../../signer/keystore/cache/sealed-cache.ts';
import { freshKdf } from '../../signer/keystore/eip2335.ts';
import { deriveKey } from '../../signer/keystore/kdf.ts';
import { createLogger } from '../../core/log/logger.ts';

const PASSWORD = 'benchmark';

/**
 * Fills a data directory with scrypt keystores of the EIP's cost, n = 262144. They share one salt, so that making them
 * takes one scrypt; opening them takes one each all the same.
 * @param cached seal them in the key cache too, as an earlier start would have done
 */
export async function makeScryptKeys(dataDir: string, count: number, cached: boolean): Promise<void> {
  for (const folder of ['keys', 'secrets'])
    mkdirSync(join(dataDir, folder), { recursive: true, mode: 0o700 });
  const log = createLogger('silent');
  const cache = cached
    ? new SealedCache({ path: keyCachePath(dataDir), place: cachePlace(dataDir), log })
    : null;
  // Nothing is taken over of a cache that may be there.
  await cache?.open(() => Promise.resolve(new Map())).next();
  const kdf = freshKdf('scrypt');
  const key = await deriveKey(kdf, PASSWORD);
  for (let made = 0; made < count; made += 1) {
    const secretKey = generateSecretKey();
    const pubkey = pubkeyOf(secretKey);
    const text = keystoreText(pubkey, kdf, key, secretKey.toBytes());
    writeFileSync(join(dataDir, 'keys', `${pubkey}.json`), text, { mode: 0o600 });
    writeFileSync(join(dataDir, 'secrets', pubkey), PASSWORD, { mode: 0o600 });
    const keystore = createHash('sha256').update(text).digest();
    cache?.put(pubkey, { keystore, password: passwordDigest(PASSWORD) }, secretKey);
  }
  await cache?.close();
}

function keystoreText(pubkey: Pubkey, kdf: object, key: Uint8Array, secret: Uint8Array): string {
  const iv = randomBytes(16);
  const message = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv).update(secret);
  const checksum = createHash('sha256').update(key.subarray(16, 32)).update(message).digest('hex');
  const crypto = {
    kdf,
    checksum: { function: 'sha256', params: {}, message: checksum },
    cipher: { function: 'aes-128-ctr', params: { iv: iv.toString('hex') }, message: message.toString('hex') },
  };
  return JSON.stringify({ crypto, pubkey: pubkey.slice(2), path: '', uuid: randomUUID(), version: 4 });
}
