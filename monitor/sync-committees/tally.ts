import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch as epochOf, slot as slotOf, type Epoch } from '../../core/units.ts';
import { chainError, type CanonicalView } from '../chain/index.ts';
import type { BlockFacts } from '../model/block-facts.ts';
import type { SyncTally } from '../model/verdicts.ts';
import type { SyncSeats } from './positions.ts';

/**
 * What the members did in the blocks of one epoch, as far as the view goes. An empty slot costs and earns nothing, and
 * the whole committee in the same blocks says how much of a miss was everybody's.
 * @param seats of the period of the epoch
 * @throws MONITOR_CHAIN_NOT_COVERED when the view begins after the epoch does; MONITOR_BLOCK_IMPOSSIBLE
 */
export function tallySync(epoch: Epoch, seats: SyncSeats, view: CanonicalView, spec: ChainSpec): SyncTally[] {
  const start = startSlotOfEpoch(spec, epoch);
  const end = slotOf(startSlotOfEpoch(spec, epochOf(epoch + 1n)) - 1n);
  if (view.from > start) {
    throw chainError(
      'MONITOR_CHAIN_NOT_COVERED',
      `epoch ${epoch} begins at slot ${start}, the blocks at hand at ${view.from}`,
    );
  }
  const rows = view.within(start, end).flatMap((block) => syncBitsOf(block, seats) ?? []);
  const committeeHit = rows.reduce((sum, bits) => sum + countSet(bits), 0);
  return [...seats.positions].map(([validatorIndex, positions]) => ({
    ...{ validatorIndex, epoch, positions: positions.length },
    due: positions.length * rows.length,
    hit: rows.reduce((sum, bits) => sum + positions.filter((position) => bits[position] === 1).length, 0),
    committeeDue: seats.size * rows.length,
    committeeHit,
  }));
}

/** Null where there is no duty: before Altair, and in the genesis block, which nobody made. */
function syncBitsOf({ slot, syncBits }: BlockFacts, { size }: SyncSeats): Uint8Array | null {
  if (syncBits === null || slot === 0n) return null;
  if (syncBits.length === size) return syncBits;
  throw chainError(
    'MONITOR_BLOCK_IMPOSSIBLE',
    `the block of slot ${slot} has ${syncBits.length} sync committee bits, the committee ${size} positions`,
  );
}

function countSet(bits: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bits.length; at += 1) count += bits[at] ?? 0;
  return count;
}
