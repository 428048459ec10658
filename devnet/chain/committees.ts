import { toHex } from '../../core/hex.ts';
import { activeIndices } from './proposers.ts';
import type { Rules } from './rules.ts';
import { DOMAINS, seedFor } from './seeds.ts';
import { shuffledIndices } from './shuffle.ts';
import type { BeaconState } from './state.ts';

/** The attesters of one epoch. */
export interface Committees {
  readonly epoch: number;
  readonly perSlot: number;
  /** By slot within the epoch, then by committee index: validator indices in committee order. */
  readonly bySlot: readonly (readonly (readonly number[])[])[];
}

/** Shuffling is the dearest part of a slot, and all states of an epoch share its committees. */
const REMEMBERED = 32;
const remembered = new Map<string, Committees>();

/** `get_beacon_committee` of the specs, for the whole epoch: the state's, the one before or the next. */
export function committeesOf(rules: Rules, state: BeaconState, epoch: number): Committees {
  const seed = seedFor(rules, state, epoch, DOMAINS.beaconAttester);
  const active = activeIndices(state, epoch);
  const key = `${toHex(seed)}:${epoch}:${active.length}:${rules.presetBase}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const made = shuffle(rules, active, seed, epoch);
  remembered.set(key, made);
  const [oldest] = remembered.keys();
  if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return made;
}

export function committeesPerSlot(rules: Rules, activeCount: number): number {
  const wanted = Math.floor(activeCount / rules.SLOTS_PER_EPOCH / rules.TARGET_COMMITTEE_SIZE);
  return Math.max(1, Math.min(rules.MAX_COMMITTEES_PER_SLOT, wanted));
}

function shuffle(rules: Rules, active: readonly number[], seed: Uint8Array, epoch: number): Committees {
  const order = shuffledIndices(active.length, seed, rules.SHUFFLE_ROUND_COUNT);
  const perSlot = committeesPerSlot(rules, active.length);
  const count = perSlot * rules.SLOTS_PER_EPOCH;
  const committee = (number: number): number[] => {
    const start = Math.floor((active.length * number) / count);
    const end = Math.floor((active.length * (number + 1)) / count);
    return Array.from(order.subarray(start, end), (position) => active[position] ?? 0);
  };
  const bySlot = Array.from({ length: rules.SLOTS_PER_EPOCH }, (_, offset) =>
    Array.from({ length: perSlot }, (_unused, index) => committee(offset * perSlot + index)),
  );
  return { epoch, perSlot, bySlot };
}
