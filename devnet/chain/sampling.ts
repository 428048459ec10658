import { littleEndian, sha256, shuffledIndices } from './shuffle.ts';
import type { Rules } from './rules.ts';
import { validatorAt, type BeaconState } from './state.ts';

const MAX_RANDOM_VALUE = 2n ** 16n - 1n;

/**
 * Draws validators in a shuffled order, each accepted with a probability proportional to its effective balance
 * (EIP-7251's 16-bit draw): the common part of `compute_proposer_index` and `get_next_sync_committee_indices`.
 */
export function sampleByBalance(
  rules: Rules,
  state: BeaconState,
  candidates: readonly number[],
  seed: Uint8Array,
  count: number,
): number[] {
  if (candidates.length === 0) throw new RangeError('nobody is active');
  const order = shuffledIndices(candidates.length, seed, rules.SHUFFLE_ROUND_COUNT);
  const maximum = BigInt(rules.MAX_EFFECTIVE_BALANCE_ELECTRA);
  const chosen: number[] = [];
  let random = new Uint8Array();
  for (let draw = 0; chosen.length < count; draw += 1) {
    if (draw % 16 === 0) random = new Uint8Array(sha256(seed, littleEndian(draw / 16, 8)));
    const candidate = candidates[order[draw % candidates.length] ?? 0] ?? 0;
    const value = BigInt(new DataView(random.buffer).getUint16((draw % 16) * 2, true));
    if (validatorAt(state, candidate).effectiveBalance * MAX_RANDOM_VALUE >= maximum * value)
      chosen.push(candidate);
  }
  return chosen;
}
