import type { LedgerPart } from '../model/ledger-part.ts';
import { applyBlock, type Once } from './block-changes.ts';
import { applyTransition } from './epoch-transition.ts';
import type { LedgerInput, LedgerResult, Unexplained } from './ledger-input.ts';
import { startReplay, type Replay } from './replay.ts';

/**
 * The ledger of one final epoch: for everybody watched one part per day that the epoch touches. The balance is followed
 * from the state after the last slot of the epoch before, through the transition (votes of two epochs before, penalties,
 * queues) and every block, to the state after its last slot. Whatever it did beyond that is the residual of its part
 * and `unexplained`, which asks for a look at the queues (`investigate`) and another run with what they say.
 *
 * Duties are counted in the slot in which they were due, whenever they are paid; of what is unknown nothing is counted.
 * @throws BALANCES_MISSING when a balance at the end of a part is not among the points
 */
export function ledgerParts(input: LedgerInput): LedgerResult {
  const replay = startReplay(input);
  applyTransition(replay);
  const once: Once = { slashed: new Set(), compounding: new Set() };
  for (const block of input.blocks) applyBlock(replay, block, once);
  countDuties(replay);
  const parts: LedgerPart[] = [];
  const unexplained: Unexplained[] = [];
  for (const [index, track] of replay.tracks) {
    // In force since the transition; the next one has not run yet.
    parts.push(...track.finish(input.closing.get(index)?.effectiveBalanceGwei ?? 0n));
    unexplained.push(...track.unexplained);
  }
  const events = replay.events.sort((one, other) => Number(one.slot - other.slot));
  return { parts, events, unexplained };
}

function countDuties({ input, tracks }: Replay): void {
  for (const { validatorIndex, slot, result } of input.verdicts) {
    if (result === 'unknown') continue;
    const track = tracks.get(validatorIndex);
    track?.count(slot, 'attestationsAssigned');
    if (result !== 'missed') track?.count(slot, 'attestationsIncluded');
  }
  for (const { validatorIndex, slot, result } of input.proposals) {
    if (result === 'unknown' || result === 'scheduled') continue;
    const track = tracks.get(validatorIndex);
    track?.count(slot, 'proposalsAssigned');
    if (result === 'included') track?.count(slot, 'proposalsIncluded');
  }
}
