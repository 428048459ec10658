import { bytesOf, type Pubkey } from '../../core/units.ts';
import type { Lane } from '../bls/job-table.ts';
import type { Place } from '../bls/place.ts';
import type { Signature, SigningPool } from '../bls/signing-pool.ts';
import type { SecretBytes } from '../keystore/bls-keys.ts';
import { daemonError } from '../daemon-errors.ts';
import type { Asked, Guard, GuardedMessage, Outcome } from '../../slashing-db/index.ts';

/** Hears of a signature's place in the queue, to drop it when its client has gone. */
export interface PlaceWatcher {
  /** @returns to be called when it is over */
  readonly onPlace?: (place: Place) => () => void;
}

/** Keys that come from outside of the data directory and cannot sign yet. */
export interface AwaitedKeys {
  awaits(pubkey: Pubkey): boolean;
  awaited(): Iterable<Pubkey>;
}

interface LoadedKey {
  readonly pubkey: Pubkey;
  /** Where it is in the pool's table of secrets. */
  readonly slot: number;
  underWay: number;
  removed: boolean;
}

/**
 * The keys that can sign, behind the guard. There is no way to read a secret back and no way to a signature but `sign`,
 * and `sign` goes through the guard's one door.
 */
export class Keyring {
  readonly #guard: Guard;
  readonly #pool: SigningPool;
  readonly #keys = new Map<Pubkey, LoadedKey>();
  readonly #coming = new Set<Pubkey>();
  #elsewhere: AwaitedKeys | null = null;

  constructor(guard: Guard, pool: SigningPool) {
    this.#guard = guard;
    this.#pool = pool;
  }

  add(pubkey: Pubkey, secretKey: SecretBytes): void {
    const secret = secretKey.toBytes();
    const slot = this.#pool.secretKeys.add(secret);
    this.#keys.set(pubkey, { pubkey, slot, underWay: 0, removed: false });
    this.#coming.delete(pubkey);
    secret.fill(0);
  }

  /** Keys that are being opened: they cannot sign yet, and whoever asks is to come back. */
  expect(pubkeys: Iterable<Pubkey>): void {
    for (const pubkey of pubkeys) if (!this.#keys.has(pubkey)) this.#coming.add(pubkey);
  }

  /** The key was given up. */
  expectNoMore(pubkey: Pubkey): void {
    this.#coming.delete(pubkey);
  }

  isComing(pubkey: Pubkey): boolean {
    return this.#coming.has(pubkey);
  }

  get coming(): number {
    return this.#coming.size;
  }

  /** Those that can sign and those of the data directory that are coming, sorted. */
  allPubkeys(): Pubkey[] {
    return [...this.#keys.keys(), ...this.#coming].filter(this.#isAlive).sort();
  }

  /** Keys of the data directory do not wait for those of other places: they stay a matter of their own. */
  awaitElsewhere(keys: AwaitedKeys): void {
    this.#elsewhere = keys;
  }

  /** Whether whoever asks for it is to come back, wherever the key comes from. */
  isAwaited(pubkey: Pubkey): boolean {
    return this.#coming.has(pubkey) || this.#elsewhere?.awaits(pubkey) === true;
  }

  /** Those that can sign and those that are awaited, sorted. */
  listedPubkeys(): Pubkey[] {
    return [...new Set([...this.allPubkeys(), ...(this.#elsewhere?.awaited() ?? [])])].sort();
  }

  /** After this no new signature starts. The secret is overwritten when the last one under way has left. */
  remove(pubkey: Pubkey): void {
    this.#coming.delete(pubkey);
    const key = this.#keys.get(pubkey);
    if (key === undefined) return;
    this.#keys.delete(pubkey);
    key.removed = true;
    this.#wipeIfUnused(key);
  }

  /** The key of which this is the canonical text, if it is here. */
  find(text: string): Pubkey | null {
    // The text that all maps by key know already: another copy would be hashed and compared in each.
    return this.#keys.get(text as Pubkey)?.pubkey ?? null;
  }

  has(pubkey: Pubkey): boolean {
    return this.#keys.has(pubkey);
  }

  get size(): number {
    return this.pubkeys().length;
  }

  /** Those that can sign, sorted. */
  pubkeys(): Pubkey[] {
    return this.loadedPubkeys().filter(this.#isAlive);
  }

  /** Those that can sign, and those that another signer of the same database has deleted since they were loaded; sorted. */
  loadedPubkeys(): Pubkey[] {
    return [...this.#keys.keys()].sort();
  }

  /** Puts on record that a signature was refused before the guard was asked. */
  recordRefusal(pubkey: Pubkey, message: GuardedMessage | null, asked: Asked, reason: string): void {
    if (this.has(pubkey)) this.#guard.recordRefusal(pubkey, message, asked, reason);
  }

  /**
   * Null when the key is not here. Otherwise see {@link Guard.release}.
   * @throws SIGNER_BUSY before anything is recorded; NOT_SIGNED, SIGNING_THREAD_DIED
   */
  async sign(
    pubkey: Pubkey,
    message: GuardedMessage,
    asked?: Asked,
    lane: Lane = 'other',
    watcher: PlaceWatcher = {},
  ): Promise<Outcome<Signature> | null> {
    const key = this.#keys.get(pubkey);
    if (key === undefined) return null;
    const place = this.#pool.takePlace(lane);
    if (place === null) throw daemonError('SIGNER_BUSY');
    const left = watcher.onPlace?.(place);
    key.underWay += 1;
    try {
      const sign = () => place.sign(key.slot, bytesOf(message.signingRoot));
      return await this.#guard.release(pubkey, message, sign, asked);
    } finally {
      left?.();
      place.leave();
      key.underWay -= 1;
      this.#wipeIfUnused(key);
    }
  }

  readonly #isAlive = (pubkey: Pubkey): boolean => this.#guard.statusOf(pubkey).state !== 'deleted';

  #wipeIfUnused({ removed, underWay, slot }: LoadedKey): void {
    if (removed && underWay === 0) this.#pool.secretKeys.remove(slot);
  }
}
