import type { Epoch, Pubkey } from '../../core/units.ts';

/** What decides whether a key has to be silent at first. */
export interface KeyPast {
  /** The highest target that the database proves this instance let out; null where the database itself is in doubt. */
  readonly signedTarget: Epoch | null;
  /** Taken over with a receipt: the signer before signs nothing from there on. */
  readonly inEpoch: Epoch | null;
}

interface Watched {
  readonly from: Epoch;
  readonly quiet: Set<Epoch>;
}

/**
 * Keeps keys silent until they were seen to be silent everywhere: pure, fed by whoever looks. A key starts under watch
 * when it is first asked for, unless this instance signed with it in the last epoch, so that whatever the chain shows is
 * its own doing.
 */
export class DoppelgangerWatch {
  readonly #epochs: bigint;
  readonly #past: (pubkey: Pubkey) => KeyPast;
  readonly #now: () => Epoch;
  readonly #watched = new Map<Pubkey, Watched | 'clear'>();

  /** @param epochs how many whole epochs a key has to be quiet; 0 turns the watch off */
  constructor(epochs: bigint, past: (pubkey: Pubkey) => KeyPast, now: () => Epoch) {
    this.#epochs = epochs;
    this.#past = past;
    this.#now = now;
  }

  /** Why the key must be silent now, or null. */
  silenced(pubkey: Pubkey): string | null {
    const state = this.#stateOf(pubkey);
    if (state === 'clear') return null;
    const until = state.from + this.#epochs;
    return `watched since epoch ${state.from}, silent at least until epoch ${until}; seen quiet in ${state.quiet.size} of ${this.#epochs} epochs`;
  }

  /** The key signs here no more: should it come back, others may have signed with it in the meantime. */
  forget(pubkey: Pubkey): void {
    this.#watched.delete(pubkey);
  }

  /** The keys that are under watch now. */
  silent(pubkeys: readonly Pubkey[]): Pubkey[] {
    return pubkeys.filter((pubkey) => this.#stateOf(pubkey) !== 'clear');
  }

  /**
   * A key was seen on the network or on the chain, or its epoch ended without.
   * @returns true when it is somebody else who signs with it
   */
  observe(pubkey: Pubkey, epoch: Epoch, seen: boolean): boolean {
    const state = this.#stateOf(pubkey);
    if (state === 'clear') return false;
    // The epoch before counts too: it was not us, or the key would not be under watch.
    if (seen) return epoch + 1n >= state.from;
    if (epoch >= state.from && epoch < this.#now()) state.quiet.add(epoch);
    if (BigInt(state.quiet.size) >= this.#epochs) this.#watched.set(pubkey, 'clear');
    return false;
  }

  /**
   * The database explains that the key was seen. If it proves more by now than when the watch began, another signer that
   * shares it has signed: the watch would never end otherwise, although a restart would end it.
   */
  reconsider(pubkey: Pubkey): void {
    if (this.#stateOf(pubkey) !== 'clear' && isRecent(this.#past(pubkey), this.#now())) {
      this.#watched.set(pubkey, 'clear');
    }
  }

  #stateOf(pubkey: Pubkey): Watched | 'clear' {
    // Of thousands of keys nobody need look up the past.
    if (this.#epochs === 0n) return 'clear';
    const known = this.#watched.get(pubkey);
    if (known !== undefined) return known;
    const from = this.#now();
    const past = this.#past(pubkey);
    const { inEpoch } = past;
    const own = isRecent(past, from);
    // The receipt vouches for the signer before, about the time of the hand-over and no longer.
    const takenOver = inEpoch !== null && from <= inEpoch + 1n;
    // In the first epoch of a chain nobody can have signed before.
    const state = from === 0n || own || takenOver ? 'clear' : { from, quiet: new Set<Epoch>() };
    this.#watched.set(pubkey, state);
    return state;
  }
}

/** Whatever the chain shows of the key now is its own doing. */
const isRecent = ({ signedTarget }: KeyPast, now: Epoch): boolean =>
  signedTarget !== null && signedTarget + 1n >= now;
