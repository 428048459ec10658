import { finalityCheckpoints } from '../../beacon/index.ts';
import { isVigilError } from '../../core/errors.ts';
import { startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import { epoch as epochOf, type Epoch } from '../../core/units.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import type { Gap, MonitorStore } from '../store/index.ts';
import { ChainAnswers } from './chain-answers.ts';
import { collectUnit, type UnitSources } from './collect-unit.ts';
import { finalStore } from './final-store.ts';
import type { RecordMaker } from './record-maker.ts';

export interface BackfillModules {
  readonly sources: UnitSources;
  readonly records: RecordMaker;
  readonly store: MonitorStore;
}

export interface BackfillResult {
  readonly repaired: number;
  /** Epochs that no node could tell of, with what was said. */
  readonly failed: readonly { readonly epoch: Epoch; readonly why: string }[];
}

/**
 * Brings epochs that are missing, for those who lack them. It may run beside the monitor: what both write is written
 * once. Epochs of long ago want a node that keeps the states of that time.
 * @param until the last epoch; later ones than are final are left to the monitor
 * @throws what the nodes fail with, unless it is about one epoch only
 */
export async function backfill(
  { sources, records, store }: BackfillModules,
  range: { readonly from: Epoch; readonly until: Epoch },
  onEpoch: (done: number, total: number) => void,
  /** Waits while no node is a source of truth. @returns whether to try the epoch again */
  onNoTruth: (error: Error) => Promise<boolean> = () => Promise.resolve(false),
): Promise<BackfillResult> {
  const { data } = await whileNoTruth(() => sources.nodes.ask(finalityCheckpoints('head')), onNoTruth);
  const { finalized } = data;
  const last = finalized.epoch < 2n ? -1n : finalized.epoch - 2n;
  const to = epochOf(range.until < last ? range.until : last);
  const gaps = to < range.from ? [] : store.gaps(range.from, to);
  const total = gaps.reduce((sum, gap) => sum + Number(gap.to - gap.from) + 1, 0);
  const known = new Map(store.known().map((validator) => [validator.index, validator]));
  const failed: { epoch: Epoch; why: string }[] = [];
  let done = 0;
  for (const gap of gaps) {
    const watched = gap.validators.flatMap((index): readonly WatchedValidator[] => {
      const validator = known.get(index);
      return validator === undefined ? [] : [validator];
    });
    const answers = new ChainAnswers(sources.nodes, sources.spec, gap.validators);
    for (const epoch of epochsOf(gap)) {
      const bring = async (): Promise<void> => {
        const facts = await collectUnit(sources, {
          ...{ epoch, watched, answers, alsoSeen: [], patient: false },
          finalizedRoot: finalized.root,
          headEpoch: finalized.epoch,
          storedRewards: (voted) => finalStore(store).uncredited(voted, gap.validators),
        });
        store.writeEpoch(await records.make(facts));
      };
      try {
        await whileNoTruth(bring, onNoTruth);
      } catch (error) {
        if (!isVigilError(error)) throw error;
        failed.push({ epoch, why: error.message });
      }
      answers.forgetBefore(epochOf(epoch > 0n ? epoch - 1n : epoch));
      sources.shelf.forgetBefore(startSlotOfEpoch(sources.spec, epoch));
      onEpoch((done += 1), total);
    }
  }
  return { repaired: total - failed.length, failed };
}

/** Tries again for as long as no node is a source of truth and whoever waits has patience. @throws what it fails with */
export async function whileNoTruth<T>(
  task: () => Promise<T>,
  wait: (error: Error) => Promise<boolean>,
): Promise<T> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!isVigilError(error, 'BEACON_NO_TRUTH') || !(await wait(error))) throw error;
    }
  }
}

function* epochsOf({ from, to }: Gap): Generator<Epoch> {
  for (let epoch = from; epoch <= to; epoch = epochOf(epoch + 1n)) yield epoch;
}
