import { SecretKey } from '@chainsafe/blst';
import { seedOf } from '../mnemonic/seed.ts';
import type { Mnemonic } from '../mnemonic/mnemonic.ts';
import { parseKeyPath, validatorPath, type KeyUse } from './key-path.ts';

/**
 * The keys of one seed by EIP-2333, in blst: its secrets are outside the JavaScript heap and never leave it as bytes
 * unless a keystore is made of them.
 */
export class KeyTree {
  readonly #master: SecretKey;
  /** m/12381/3600, which all validators have in common. */
  readonly #validators: SecretKey;

  /** @param seed at least 32 bytes; the caller overwrites it */
  constructor(seed: Uint8Array) {
    this.#master = SecretKey.deriveMasterEip2333(seed);
    this.#validators = this.at('m/12381/3600');
  }

  static async fromMnemonic(mnemonic: Mnemonic, passphrase = ''): Promise<KeyTree> {
    const seed = await seedOf(mnemonic, passphrase);
    try {
      return new KeyTree(seed);
    } finally {
      seed.fill(0);
    }
  }

  /** @throws KEY_INDEX_INVALID */
  at(path: string): SecretKey {
    return parseKeyPath(path).reduce((key, index) => key.deriveChildEip2333(index), this.#master);
  }

  /** @throws KEY_INDEX_INVALID */
  validatorKey(index: number, use: KeyUse): SecretKey {
    const indices = parseKeyPath(validatorPath(index, use)).slice(2);
    return indices.reduce((key, child) => key.deriveChildEip2333(child), this.#validators);
  }
}
