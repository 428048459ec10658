/**
 * An independent judge of what may be signed: the full list of everything ever signed or imported, and the
 * slashing conditions of the consensus specs written out over it. Slow on purpose, and free of watermarks.
 */

export interface Vote {
  readonly source: bigint;
  readonly target: bigint;
  readonly root: string | null;
}

export interface Proposal {
  readonly slot: bigint;
  readonly root: string | null;
}

export interface History {
  readonly votes: Vote[];
  readonly proposals: Proposal[];
}

/** A root that is missing or zero says nothing, so two such messages count as different. */
const sameRoot = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && !/^0x0*$/.test(one) && one.toLowerCase() === other.toLowerCase();

const sameVote = (one: Vote, other: Vote): boolean =>
  one.source === other.source && one.target === other.target && sameRoot(one.root, other.root);

/** `is_slashable_attestation_data(data_1, data_2)` of the phase0 specs; it looks one way only. */
export function isSlashableAttestationData(one: Vote, two: Vote): boolean {
  const doubleVote = !sameVote(one, two) && one.target === two.target;
  const surroundVote = one.source < two.source && two.target < one.target;
  return doubleVote || surroundVote;
}

/** `process_proposer_slashing`: one slot, two different headers. */
export function isSlashableProposal(one: Proposal, two: Proposal): boolean {
  return one.slot === two.slot && !sameRoot(one.root, two.root);
}

export class SlashingOracle {
  readonly #histories = new Map<string, History>();

  /** Everything known of a key, signed and imported alike. */
  historyOf(pubkey: string): History {
    const canonical = pubkey.toLowerCase();
    const history = this.#histories.get(canonical) ?? { votes: [], proposals: [] };
    this.#histories.set(canonical, history);
    return history;
  }

  /** What signing this vote now would be punished for, in words; null when it is safe. */
  offenceOfVote(pubkey: string, vote: Vote): string | null {
    if (vote.source > vote.target) return `source ${vote.source} after target ${vote.target}`;
    const other = this.historyOf(pubkey).votes.find(
      (known) => isSlashableAttestationData(vote, known) || isSlashableAttestationData(known, vote),
    );
    return other === undefined ? null : `${show(vote)} against ${show(other)}`;
  }

  offenceOfProposal(pubkey: string, proposal: Proposal): string | null {
    const other = this.historyOf(pubkey).proposals.find((known) => isSlashableProposal(proposal, known));
    return other === undefined ? null : `two blocks for slot ${proposal.slot}`;
  }
}

const show = ({ source, target, root }: Vote): string => `(${source}, ${target}, ${root ?? 'no root'})`;
