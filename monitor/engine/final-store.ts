import type { Epoch } from '../../core/units.ts';
import type { EpochRecord, VoteReward } from '../model/epoch-record.ts';
import type { MonitorStore } from '../store/index.ts';

/** What the engine asks of the store. */
export interface FinalStore {
  /** Whole or not at all; what is there already is left alone. */
  writeEpoch(record: EpochRecord): void;
  /** The first epoch that is not yet covered for somebody who is watched now; null while nobody is. */
  nextEpoch(): Epoch | null;
  /** Rewards for votes of an epoch that are in no balance yet; null unless they are known for all of the validators. */
  uncredited(epoch: Epoch, validators: readonly number[]): readonly VoteReward[] | null;
  /** Goes on without an epoch that no node can tell of; it stays a gap until it is repaired. */
  skip(epoch: Epoch, reason: string): void;
}

/** The monitor's database as the engine sees it. */
export function finalStore(store: MonitorStore): FinalStore {
  return {
    writeEpoch: (record) => void store.writeEpoch(record),
    nextEpoch: () => store.nextEpoch(),
    uncredited(epoch, validators) {
      const rewards = store.query.voteRewards(epoch);
      // Without any the endpoint was not there then; it may be now. Who is not covered was not watched then.
      if (rewards.length === 0) return null;
      const isCovered = (index: number) =>
        store.coverage(index).some(({ first, last }) => first <= epoch && epoch <= last);
      return validators.every(isCovered) ? rewards : null;
    },
    skip: (epoch, reason) => store.skip({ from: epoch, to: epoch }, reason),
  };
}
