import { totalActiveBalance } from '../balances.ts';
import { blockRootAtEpoch } from '../block-roots.ts';
import { epochAt, type Rules } from '../rules.ts';
import type { BeaconState, Checkpoint } from '../state.ts';
import { TARGET_BIT } from '../weights.ts';
import { participatingBalance, previousEpochOf } from './participation.ts';

/** `process_justification_and_finalization`. The first two epochs are skipped: they have no epoch to point from. */
export function processJustification(rules: Rules, state: BeaconState): void {
  const current = epochAt(rules, state.slot);
  if (current <= 1) return;
  const previous = previousEpochOf(rules, state);
  const bit = TARGET_BIT;
  weigh(rules, state, {
    total: totalActiveBalance(rules, state),
    previous: participatingBalance(rules, state, previous, state.previousParticipation, bit),
    current: participatingBalance(rules, state, current, state.currentParticipation, bit),
  });
}

/** `weigh_justification_and_finalization` (Casper FFG): two thirds of the balance justify, links of justified ones finalize. */
function weigh(
  rules: Rules,
  state: BeaconState,
  balance: { readonly total: bigint; readonly previous: bigint; readonly current: bigint },
): void {
  const current = epochAt(rules, state.slot);
  const previous = previousEpochOf(rules, state);
  const oldPrevious = state.previousJustified;
  const oldCurrent = state.currentJustified;
  const bits: [boolean, boolean, boolean, boolean] = [false, ...state.justificationBits.slice(0, 3)] as never;
  state.previousJustified = oldCurrent;
  if (balance.previous * 3n >= balance.total * 2n) {
    state.currentJustified = { epoch: previous, root: blockRootAtEpoch(rules, state, previous) };
    bits[1] = true;
  }
  if (balance.current * 3n >= balance.total * 2n) {
    state.currentJustified = { epoch: current, root: blockRootAtEpoch(rules, state, current) };
    bits[0] = true;
  }
  state.justificationBits = bits;
  state.finalized = finalizedBy(bits, { oldPrevious, oldCurrent, current }) ?? state.finalized;
}

function finalizedBy(
  bits: readonly boolean[],
  at: { readonly oldPrevious: Checkpoint; readonly oldCurrent: Checkpoint; readonly current: number },
): Checkpoint | null {
  const justified = (from: number, to: number) => bits.slice(from, to).every(Boolean);
  // In the order of the specs: the last that applies is the highest, and counts.
  if (justified(0, 2) && at.oldCurrent.epoch + 1 === at.current) return at.oldCurrent;
  if (justified(0, 3) && at.oldCurrent.epoch + 2 === at.current) return at.oldCurrent;
  if (justified(1, 3) && at.oldPrevious.epoch + 2 === at.current) return at.oldPrevious;
  if (justified(1, 4) && at.oldPrevious.epoch + 3 === at.current) return at.oldPrevious;
  return null;
}
