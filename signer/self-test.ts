import { SecretKey, Signature, verify } from '@chainsafe/blst';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Guard } from '../slashing-db/index.ts';
import type { Place } from './bls/place.ts';
import type { SigningPool } from './bls/signing-pool.ts';
import { daemonError } from './daemon-errors.ts';

/** How often a full queue is asked again: those who are turned away meanwhile come back much later. */
const RETRY_MS = 20;

/**
 * Signs something worthless the way that every signature goes: a place in the queue, a durable commit of the guard, a
 * signing thread. The key is made anew at each start and known to nobody: it is not in the keyring, not in the database,
 * and what it signs is random and dropped.
 */
export class SelfTest {
  readonly #guard: Pick<Guard, 'probe'>;
  readonly #pool: SigningPool;
  readonly #slot: number;
  readonly #publicKey;

  constructor(guard: Pick<Guard, 'probe'>, pool: SigningPool) {
    this.#guard = guard;
    this.#pool = pool;
    const key = SecretKey.fromKeygen(randomBytes(32));
    const secret = key.toBytes();
    this.#slot = pool.secretKeys.add(secret);
    secret.fill(0);
    this.#publicKey = key.toPublicKey();
  }

  /**
   * Resolves when a signature came out that is right. What it waits for without end, the caller must have an end for.
   * @throws SELF_TEST_FAILED
   */
  async run(): Promise<void> {
    const place = await this.#takePlace();
    try {
      const refusal = await this.#guard.probe();
      if (refusal !== null) throw daemonError('SELF_TEST_FAILED', `the guard says ${refusal.reason}`);
      const root = randomBytes(32);
      const signature = await place.sign(this.#slot, root);
      if (!verify(root, this.#publicKey, Signature.fromBytes(signature))) {
        throw daemonError('SELF_TEST_FAILED', 'a signing thread made a signature that is wrong');
      }
    } finally {
      place.leave();
    }
  }

  /** The first lane, whose jobs always come to their turn: a signer that is merely busy is not to be killed. */
  async #takePlace(): Promise<Place> {
    for (;;) {
      if (!this.#pool.healthy) throw daemonError('SELF_TEST_FAILED', 'the signing threads do not run');
      const place = this.#pool.takePlace('proposal');
      if (place !== null) return place;
      await delay(RETRY_MS);
    }
  }
}
