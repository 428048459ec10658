import type { SecretKey } from '@chainsafe/blst';
import type { Pubkey } from '../../core/units.ts';
import type { SealedCache } from '../../signer/keystore/cache/sealed-cache.ts';
import { KeyDirectory } from '../../signer/keystore/key-directory.ts';

/** What a verb that is killed loses at most of the cache; the keys themselves are durable one by one. */
const SAVE_EVERY_MS = 60_000;

/**
 * The keys of a data directory for a verb that brings many in: what it opened or made is in the sealed cache, so that the
 * next start of the signer does not open it once more.
 */
export class KeptInCache extends KeyDirectory {
  readonly #sealed: SealedCache;
  readonly #saveEveryMs: number;
  #saved = performance.now();

  constructor(dataDir: string, cache: SealedCache, saveEveryMs = SAVE_EVERY_MS) {
    super(dataDir, cache);
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
}
