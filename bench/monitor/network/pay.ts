import type { Luck } from './members.ts';

const WEIGHTS = { source: 14, target: 26, head: 14, sync: 2, proposer: 8, all: 64 };
const INCREMENT_GWEI = 1e9;
export const STAKE_GWEI = 32 * INCREMENT_GWEI;
/** Since Electra a validator may hold up to so much, and nodes say what a vote is worth at every amount. */
const MOST_INCREMENTS = 2048;

interface VotePay {
  readonly source: number;
  readonly target: number;
  readonly head: number;
}

/** What duties pay on a network where everybody has 32 of its coins at stake: the same to everybody, every epoch. */
export class Pay {
  /** Of one position of the sync committee for one block. */
  readonly syncGwei: number;
  /** A proposer's, without what the sync aggregate pays. */
  readonly voteInclusionGwei: number;
  readonly #perIncrement: number;

  constructor(
    validators: number,
    baseRewardFactor: number,
    slotsPerEpoch: number,
    syncCommitteeSize: number,
  ) {
    const increments = (validators * STAKE_GWEI) / INCREMENT_GWEI;
    this.#perIncrement = Math.floor(
      (INCREMENT_GWEI * baseRewardFactor) / Math.floor(Math.sqrt(validators * STAKE_GWEI)),
    );
    const perSlot = (this.#perIncrement * increments) / WEIGHTS.all / slotsPerEpoch;
    this.syncGwei = Math.floor((perSlot * WEIGHTS.sync) / syncCommitteeSize);
    this.voteInclusionGwei = Math.floor(
      (perSlot * (WEIGHTS.source + WEIGHTS.target + WEIGHTS.head) * WEIGHTS.proposer) /
        (WEIGHTS.all - WEIGHTS.proposer),
    );
  }

  ofVote(luck: Luck): VotePay {
    const [source, target, head] = [this.#share('source'), this.#share('target'), this.#share('head')];
    if (luck === 'missed') return { source: -source, target: -target, head: 0 };
    return { source, target, head: luck === 'late' ? 0 : head };
  }

  sumOf(luck: Luck): number {
    const { source, target, head } = this.ofVote(luck);
    return source + target + head;
  }

  /** As clients list it whoever was asked about: for every effective balance there may be. */
  ideal(): object[] {
    return Array.from({ length: MOST_INCREMENTS }, (_, at) => ({
      effective_balance: ((at + 1) * INCREMENT_GWEI).toString(),
      head: this.#share('head', at + 1).toString(),
      target: this.#share('target', at + 1).toString(),
      source: this.#share('source', at + 1).toString(),
      inclusion_delay: '0',
      inactivity: '0',
    }));
  }

  #share(flag: 'source' | 'target' | 'head', increments = STAKE_GWEI / INCREMENT_GWEI): number {
    return Math.floor((this.#perIncrement * increments * WEIGHTS[flag]) / WEIGHTS.all);
  }
}
