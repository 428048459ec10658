import type { SecretKey } from '@chainsafe/blst';
import { bytesOf, type Pubkey } from '../../core/units.ts';
import type { Lane } from '../bls/job-table.ts';
import type { Place } from '../bls/place.ts';
import type { Signature, SigningPool } from '../bls/signing-pool.ts';
import { daemonError } from '../daemon-errors.ts';
import type { Asked, Guard, GuardedMessage, Outcome } from '../../slashing-db/index.ts';

export interface SignOptions {
  readonly asked?: Asked;
  /** Default: `other`. */
  readonly lane?: Lane;
  /** Called with the place in the queue, which the caller drops when its client has gone. */
  readonly onPlace?: (place: Place) => void;
}

/**
 * The keys that can sign, behind the guard. There is no way to read a secret back and no way to a signature but `sign`,
 * and `sign` goes through the guard's one door.
 */
export class Keyring {
  readonly #guard: Guard;
  readonly #pool: SigningPool;
  /** Where each key is in the pool's table of secrets. */
  readonly #slots = new Map<Pubkey, number>();

  constructor(guard: Guard, pool: SigningPool) {
    this.#guard = guard;
    this.#pool = pool;
  }

  add(pubkey: Pubkey, secretKey: SecretKey): void {
    const secret = secretKey.toBytes();
    this.#slots.set(pubkey, this.#pool.secretKeys.add(secret));
    secret.fill(0);
  }

  /**
   * After this no new signature starts; those under way are the guard's to wait for.
   * @returns overwrites the secret, when they have left
   */
  remove(pubkey: Pubkey): () => void {
    const slot = this.#slots.get(pubkey);
    this.#slots.delete(pubkey);
    return () => {
      if (slot !== undefined) this.#pool.secretKeys.remove(slot);
    };
  }

  has(pubkey: Pubkey): boolean {
    return this.#slots.has(pubkey);
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Sorted. */
  pubkeys(): Pubkey[] {
    return [...this.#slots.keys()].sort();
  }

  /**
   * Null when the key is not here. Otherwise see {@link Guard.release}.
   * @throws SIGNER_BUSY before anything is recorded; NOT_SIGNED, SIGNING_THREAD_DIED
   */
  async sign(
    pubkey: Pubkey,
    message: GuardedMessage,
    { asked, lane = 'other', onPlace }: SignOptions = {},
  ): Promise<Outcome<Signature> | null> {
    const slot = this.#slots.get(pubkey);
    if (slot === undefined) return null;
    const place = this.#pool.takePlace(lane);
    if (place === null) throw daemonError('SIGNER_BUSY');
    onPlace?.(place);
    try {
      const sign = () => place.sign(slot, bytesOf(message.signingRoot));
      return await this.#guard.release(pubkey, message, sign, asked);
    } finally {
      place.leave();
    }
  }
}
