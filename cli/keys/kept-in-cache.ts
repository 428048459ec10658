import type { SecretKey } from '@chainsafe/blst';
import type { Pubkey } from '../../core/units.ts';
import { removeSourceCachesWith } from '../../signer/keystore/cache/key-caches.ts';
import type { SealedCache } from '../../signer/keystore/cache/sealed-cache.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';

/** What a verb that is killed loses at most of the cache; the keys themselves are durable one by one. */
const SAVE_EVERY_MS = 60_000;

/**
 * The keys of a data directory for a verb that changes them: what it opened or made is in the sealed cache, and what it
 * deleted is in no cache any more, so that the next start of the signer opens none of the others once more.
 */
export class KeptInCache extends KeyDirectory {
  readonly #dataDir: string;
  readonly #sealed: SealedCache;
  readonly #saveEveryMs: number;
  #saved = performance.now();

  constructor(dataDir: string, cache: SealedCache, saveEveryMs = SAVE_EVERY_MS) {
    super(dataDir, cache);
    this.#dataDir = dataDir;
    this.#sealed = cache;
    this.#saveEveryMs = saveEveryMs;
    cache.hold();
  }

  /** The save is waited for: it takes the memory that the keystore of this key has just given back. */
  override async rememberSecret(pubkey: Pubkey, secretKey: SecretKey): Promise<void> {
    await super.rememberSecret(pubkey, secretKey);
    if (performance.now() - this.#saved < this.#saveEveryMs) return;
    await this.#sealed.save();
    this.#saved = performance.now();
  }

  /** Nobody here has the caches of key sources open, which cannot be written without their keystores. */
  override async forgetSecret(pubkey: Pubkey): Promise<void> {
    await super.forgetSecret(pubkey);
    await removeSourceCachesWith(this.#dataDir, pubkey);
  }
}
