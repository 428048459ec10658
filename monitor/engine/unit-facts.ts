import type { AttestationRewards, BlockReward } from '../../beacon/index.ts';
import type { Epoch, Slot } from '../../core/units.ts';
import type { EpochSeats } from '../attestations/seats.ts';
import type { CanonicalView } from '../chain/index.ts';
import type { VoteReward } from '../model/epoch-record.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { ProposalDuty, ProposalFacts } from '../proposals/index.ts';
import type { SyncSeats } from '../sync-committees/index.ts';
import type { StatesByIndex } from './chain-answers.ts';

/**
 * All that is known of one final epoch, before anything is judged. What is null could not be had: nothing is said about
 * what depends on it. Blocks, states and the sync committee are never null, because without them there is no record at all.
 */
export interface UnitFacts {
  readonly epoch: Epoch;
  readonly watched: readonly WatchedValidator[];
  /** All blocks of the epoch and the next. */
  readonly view: CanonicalView;
  readonly seats: EpochSeats | null;
  /** Of the watched. */
  readonly duties: readonly ProposalDuty[] | null;
  /** What was seen in slots without a block. */
  readonly proposals: ProposalFacts;
  /** Of blocks of the watched, by slot. */
  readonly blockRewards: ReadonlyMap<Slot, BlockReward>;
  readonly syncSeats: SyncSeats;
  /** What one position earned with each block of the epoch; null where nobody watched has one, or nobody can say. */
  readonly syncRewardGwei: bigint | null;
  /** For the votes made in this epoch. */
  readonly votes: AttestationRewards | null;
  /** For the votes made two epochs ago, which this epoch's first slot pays: as stored, or as the endpoint answers now. */
  readonly credited:
    { readonly stored: readonly VoteReward[] } | { readonly answer: AttestationRewards } | null;
  /** After the last slot before the epoch, before each ledger day that begins in it, after its last slot and the next one's. */
  readonly states: ReadonlyMap<Slot, StatesByIndex>;
}

const NOBODY: StatesByIndex = new Map();

/** Nobody where nothing was fetched. */
export const statesAt = (states: UnitFacts['states'], at: Slot): StatesByIndex => states.get(at) ?? NOBODY;
