import type { Pubkey } from '../../core/units.ts';
import type { Asked } from '../../slashing-db/index.ts';
import type { RateLimit } from '../access/access-policy.ts';
import { TokenBuckets } from '../access/token-buckets.ts';
import type { Keyring } from '../keys/keyring.ts';

/** Client and signer are not on one chain or fork: an operator has to learn of it, and it may be an attack. */
const ON_RECORD: ReadonlySet<string> = new Set([
  'FORK_VERSION_MISMATCH',
  'GENESIS_VALIDATORS_ROOT_MISMATCH',
  'DEPOSIT_WRONG_NETWORK',
  'SIGNING_ROOT_MISMATCH',
  'MESSAGE_NOT_IN_FORK',
]);

/** Of each key and reason, and of all: enough to see it go on, too little to push what was signed out of the history. */
const OF_EACH: RateLimit = { perSecond: 1 / 60, burst: 3 };
const OF_ALL: RateLimit = { perSecond: 1, burst: 100 };

/**
 * Puts on record that a message for another chain or fork was asked for with a key of this signer. Such requests cost
 * nothing to make, so most of a flood is left out; the metrics count all of it.
 */
export class MismatchRecord {
  readonly #keyring: Pick<Keyring, 'recordRefusal'>;
  readonly #buckets: TokenBuckets;

  /** @param nowMs a clock that never goes back */
  constructor(keyring: Pick<Keyring, 'recordRefusal'>, nowMs: () => number = () => performance.now()) {
    this.#keyring = keyring;
    this.#buckets = new TokenBuckets(nowMs);
  }

  /** @returns whether it is on record */
  add(pubkey: Pubkey, asked: Asked, code: string): boolean {
    if (!ON_RECORD.has(code)) return false;
    const limited =
      this.#buckets.take(`${pubkey} ${code}`, OF_EACH) > 0 || this.#buckets.take('all', OF_ALL) > 0;
    if (limited) return false;
    this.#keyring.recordRefusal(pubkey, null, asked, code);
    return true;
  }
}
