import { committees, gaveNoAnswer, type StateId } from '../../beacon/index.ts';
import { startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import type { VigilError } from '../../core/errors.ts';
import { epoch as epochOf, slot as slotOf, type Epoch, type Slot } from '../../core/units.ts';
import type { BeaconSource } from '../chain/index.ts';
import { EpochSeats } from './seats.ts';

export interface SeatsWanted {
  readonly epoch: Epoch;
  readonly watched: Iterable<number>;
  /** Of the node's head, as last heard of. */
  readonly headEpoch: Epoch;
}

/**
 * The seats of an epoch, from the committees of one slot after the other: the answer for a slot of the largest network
 * is a few hundred kilobytes, and no more than one is held at a time.
 * @throws what the nodes failed with, BEACON_NOT_FOUND when none keeps a state near the epoch;
 * MONITOR_COMMITTEES_IMPOSSIBLE
 */
export async function collectSeats(
  source: BeaconSource,
  { epoch, watched, headEpoch }: SeatsWanted,
  spec: ChainSpec,
  signal?: AbortSignal,
): Promise<EpochSeats> {
  const seats = new EpochSeats(epoch, watched, spec);
  const states = statesKnowing(epoch, headEpoch, spec);
  for (const slot of seats.missingSlots()) {
    const { data } = await askFirst(states, (state) =>
      source.ask(committees(state, { epoch, slot }, spec), signal),
    );
    seats.addSlot(slot, data);
  }
  return seats;
}

/**
 * States that the committees of an epoch can be asked of, the likeliest first. Clients answer for the epochs next to the
 * state's only, and all of them have the head's; a state of the past is kept by some.
 */
export function statesKnowing(epoch: Epoch, headEpoch: Epoch, spec: ChainSpec): StateId[] {
  const start = startSlotOfEpoch(spec, epoch);
  const past = (slot: bigint): StateId[] =>
    slot >= 0n && slot <= startSlotOfEpoch(spec, headEpoch) ? [slotOf(slot)] : [];
  // Of its own first slot, which clients that keep some states only keep before all others; then of its neighbours.
  const kept = [start, start + spec.slotsPerEpoch, start - spec.slotsPerEpoch].flatMap(past);
  // From further ahead nobody knows an epoch; the node says so better than we could.
  return headEpoch <= epoch + 1n ? ['head', ...kept] : kept;
}

/**
 * The slot whose root on the chain decides the committees of an epoch. As long as that root is the same, so are they,
 * and seats that were collected while the epoch was young hold when it is final.
 */
export function decidingSlot(epoch: Epoch, spec: ChainSpec): Slot {
  if (epoch < 2n) return slotOf(0n);
  return slotOf(startSlotOfEpoch(spec, epochOf(epoch - 1n)) - 1n);
}

/** The first answer there is; what gave one goes to the front, so that the next question starts there. */
async function askFirst<T>(states: StateId[], ask: (state: StateId) => Promise<T>): Promise<T> {
  const failures: VigilError[] = [];
  for (const [at, state] of states.entries()) {
    try {
      const answer = await ask(state);
      states.unshift(...states.splice(at, 1));
      return answer;
    } catch (error) {
      if (!gaveNoAnswer(error)) throw error;
      failures.push(error);
    }
  }
  throw (
    failures.find(({ code }) => code !== 'BEACON_NOT_FOUND') ?? failures[0] ?? new Error('no state to ask')
  );
}
