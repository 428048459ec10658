import type { SecretKey } from '@chainsafe/blst';
import { bytesOf, type Pubkey } from '../../core/units.ts';
import type { Asked, Guard, GuardedMessage, Outcome } from '../../slashing-db/index.ts';

/** 96-byte compressed BLS signature. */
export type Signature = Uint8Array;

/**
 * The secret keys, behind the guard. There is no way to read a key back and no way to a signature but `sign`, and
 * `sign` goes through the guard's one door.
 */
export class Keyring {
  readonly #guard: Guard;
  readonly #secretKeys = new Map<Pubkey, SecretKey>();

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  add(pubkey: Pubkey, secretKey: SecretKey): void {
    this.#secretKeys.set(pubkey, secretKey);
  }

  /** After this no new signature starts; those under way are the guard's to wait for. */
  remove(pubkey: Pubkey): void {
    this.#secretKeys.delete(pubkey);
  }

  has(pubkey: Pubkey): boolean {
    return this.#secretKeys.has(pubkey);
  }

  /** Sorted. */
  pubkeys(): Pubkey[] {
    return [...this.#secretKeys.keys()].sort();
  }

  /** Puts on record that a signature was refused before the guard was asked. */
  recordRefusal(pubkey: Pubkey, message: GuardedMessage, asked: Asked, reason: string): void {
    if (this.has(pubkey)) this.#guard.recordRefusal(pubkey, message, asked, reason);
  }

  /** Null when the key is not here. Otherwise see {@link Guard.release}. */
  async sign(pubkey: Pubkey, message: GuardedMessage, asked?: Asked): Promise<Outcome<Signature> | null> {
    const secretKey = this.#secretKeys.get(pubkey);
    if (secretKey === undefined) return null;
    const sign = () => Promise.resolve(secretKey.sign(bytesOf(message.signingRoot)).toBytes());
    return this.#guard.release(pubkey, message, sign, asked);
  }
}
