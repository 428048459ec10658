import type { Epoch } from '../../core/units.ts';
import type { EpochRecord, VoteReward } from '../model/epoch-record.ts';

/** What the engine asks of the store. */
export interface FinalStore {
  /** Whole or not at all; a record that is there already changes nothing. */
  writeEpoch(record: EpochRecord): void;
  /** The first epoch that is not yet covered for somebody who is watched now; null while nobody is. */
  nextEpoch(): Epoch | null;
  /** Rewards for votes of an epoch that are in no balance yet; null unless they are there for all of the validators. */
  uncredited(epoch: Epoch, validators: readonly number[]): readonly VoteReward[] | null;
  /** Goes on without an epoch that no node can tell of; it stays a gap until it is repaired. */
  skip(epoch: Epoch, validators: readonly number[], reason: string): void;
}
