import { ssz } from '@lodestar/types';
import { fromHex } from '../../../core/hex.ts';
import type { StateView, TreeSource } from './state-tree.ts';

const { phase0, capella } = ssz;

/** Vectors of which a state keeps the recent entries; the tree has all. */
type Rings = Pick<TreeSource, 'blockRoots' | 'stateRoots' | 'randaoMixes' | 'slashings'>;

/** @returns the entries as they are now, to compare with next time */
export function writeRings(view: StateView, state: TreeSource, before: TreeSource | null): Rings {
  for (let slot = before?.slot ?? state.slot; slot < state.slot; slot += 1) writeSlot(view, state, slot);
  for (const [epoch, mix] of state.randaoMixes) {
    if (before?.randaoMixes.get(epoch) === mix) continue;
    view.randaoMixes.set(epoch % phase0.RandaoMixes.length, mix);
  }
  const buckets = new Set([...(before?.slashings.keys() ?? []), ...state.slashings.keys()]);
  for (const bucket of buckets) {
    const gwei = state.slashings.get(bucket) ?? 0n;
    if ((before?.slashings.get(bucket) ?? 0n) !== gwei) view.slashings.set(bucket, Number(gwei));
  }
  return {
    // Written once and for all when their slot is over: nothing to compare.
    ...{ blockRoots: NONE_KEPT, stateRoots: NONE_KEPT },
    randaoMixes: new Map(state.randaoMixes),
    slashings: state.slashings.size === 0 ? NO_SLASHINGS : new Map(state.slashings),
  };
}

const NONE_KEPT: ReadonlyMap<number, never> = new Map<number, never>();
const NO_SLASHINGS: ReadonlyMap<number, bigint> = new Map<number, bigint>();

/** What `process_slot` leaves behind of a slot, and of a whole round of slots `process_historical_summaries_update`. */
function writeSlot(view: StateView, state: TreeSource, slot: number): void {
  const length = phase0.HistoricalBlockRoots.length;
  const [blockRoot, root] = [state.blockRoots.get(slot), state.stateRoots.get(slot)];
  if (blockRoot === undefined || root === undefined)
    throw new RangeError(`the roots of slot ${slot} are gone`);
  view.blockRoots.set(slot % length, fromHex(blockRoot, 'root', 32));
  view.stateRoots.set(slot % length, root);
  if ((slot + 1) % length !== 0) return;
  view.historicalSummaries.push(
    capella.HistoricalSummary.toViewDU({
      blockSummaryRoot: view.blockRoots.hashTreeRoot(),
      stateSummaryRoot: view.stateRoots.hashTreeRoot(),
    }),
  );
}
