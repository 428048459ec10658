import { keyError } from '../key-errors.ts';

const SECRET_BYTES = 32;
/** Keys that can be brought into one process. Memory that was never written to takes none. */
const SLOTS = 2 ** 20;

/**
 * The secret keys, each once in this process, in memory that the signing threads share. A slot is never used again, so
 * that a job entered before a removal can never be signed with another key: it finds zeros, which are no key.
 */
export class SecretKeyTable {
  readonly memory: SharedArrayBuffer;
  readonly #bytes: Uint8Array;
  #used = 0;

  constructor(memory = new SharedArrayBuffer(SLOTS * SECRET_BYTES)) {
    this.memory = memory;
    this.#bytes = new Uint8Array(memory);
  }

  /**
   * Copies a secret in; the caller overwrites its own.
   * @returns its slot
   * @throws KEY_LOAD_FAILED after a million keys
   */
  add(secret: Uint8Array): number {
    if (this.#used === SLOTS) {
      throw keyError('KEY_LOAD_FAILED', `this process has taken in ${SLOTS} keys: restart the signer`);
    }
    const slot = this.#used;
    this.#used += 1;
    this.#bytes.set(secret, slot * SECRET_BYTES);
    return slot;
  }

  /** Overwrites the key: from now on no thread can sign with it. */
  remove(slot: number): void {
    this.view(slot).fill(0);
  }

  /** Overwrites all keys. */
  clear(): void {
    this.#bytes.fill(0, 0, this.#used * SECRET_BYTES);
  }

  /** A view of the shared memory: 32 bytes. */
  view(slot: number): Uint8Array {
    return this.#bytes.subarray(slot * SECRET_BYTES, (slot + 1) * SECRET_BYTES);
  }
}
