import { epochAt, startSlotOf, type Rules } from './rules.ts';
import { sampleByBalance } from './sampling.ts';
import { DOMAINS, seedFor } from './seeds.ts';
import { littleEndian, sha256 } from './shuffle.ts';
import { isActive, type BeaconState } from './state.ts';

export function activeIndices(state: BeaconState, epoch: number): number[] {
  const indices: number[] = [];
  state.validators.forEach((validator, index) => {
    if (isActive(validator, epoch)) indices.push(index);
  });
  return indices;
}

/** The proposers of all slots of an epoch, computed from the state (`get_beacon_proposer_indices`). */
export function computeProposers(rules: Rules, state: BeaconState, epoch: number): number[] {
  const seed = seedFor(rules, state, epoch, DOMAINS.beaconProposer);
  const candidates = activeIndices(state, epoch);
  return Array.from({ length: rules.SLOTS_PER_EPOCH }, (_, offset) => {
    const slotSeed = sha256(seed, littleEndian(startSlotOf(rules, epoch) + offset, 8));
    return sampleByBalance(rules, state, candidates, slotSeed, 1)[0] ?? 0;
  });
}

/**
 * The proposers of the state's epoch or the next. Before Fulu the next epoch's may still change with the effective
 * balances; from Fulu on they are read from the lookahead and are certain.
 */
export function proposersOf(rules: Rules, state: BeaconState, epoch: number): readonly number[] {
  const offset = (epoch - epochAt(rules, state.slot)) * rules.SLOTS_PER_EPOCH;
  if (offset !== 0 && offset !== rules.SLOTS_PER_EPOCH) {
    throw new RangeError(`the state at slot ${state.slot} does not know the proposers of epoch ${epoch}`);
  }
  if (state.proposerLookahead !== null) {
    return state.proposerLookahead.slice(offset, offset + rules.SLOTS_PER_EPOCH);
  }
  return computeProposers(rules, state, epoch);
}

/** `get_beacon_proposer_index` of the specs. */
export function proposerAt(rules: Rules, state: BeaconState): number {
  const epoch = epochAt(rules, state.slot);
  if (state.proposersMemo?.epoch !== epoch) {
    state.proposersMemo = { epoch, proposers: proposersOf(rules, state, epoch) };
  }
  return state.proposersMemo.proposers[state.slot % rules.SLOTS_PER_EPOCH] ?? 0;
}
