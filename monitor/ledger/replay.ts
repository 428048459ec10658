import { forkAtEpoch, startSlotOfEpoch } from '../../core/chain/chain-spec.ts';
import type { ForkName } from '../../core/chain/fork.ts';
import { slot, type Pubkey, type Slot } from '../../core/units.ts';
import type { ValidatorEvent } from '../model/validator-event.ts';
import { BalanceTrack, type KnownBalance, type Stretch } from './balance-track.ts';
import { ledgerError } from './ledger-errors.ts';
import type { LedgerInput } from './ledger-input.ts';

/** One epoch being followed: the input, a track for everybody who is watched and on chain, and what happened so far. */
export interface Replay {
  readonly input: LedgerInput;
  readonly fork: ForkName;
  readonly startSlot: Slot;
  readonly tracks: ReadonlyMap<number, BalanceTrack>;
  readonly byPubkey: ReadonlyMap<Pubkey, number>;
  readonly events: ValidatorEvent[];
}

/** @throws BALANCES_MISSING */
export function startReplay(input: LedgerInput): Replay {
  const startSlot = startSlotOfEpoch(input.spec, input.epoch);
  const stretches = stretchesOf(input, startSlot);
  const tracks = new Map<number, BalanceTrack>();
  const byPubkey = new Map<Pubkey, number>();
  for (const index of input.validators) {
    const closing = input.closing.get(index);
    // Not on chain yet.
    if (closing === undefined) continue;
    const opening = input.opening.get(index)?.balanceGwei ?? 0n;
    const known = knownBalances(input, index, stretches, closing.balanceGwei);
    tracks.set(index, new BalanceTrack(index, opening, stretches, known));
    byPubkey.set(closing.pubkey, index);
  }
  return { input, fork: forkAtEpoch(input.spec, input.epoch).name, startSlot, tracks, byPubkey, events: [] };
}

export function record(
  { input, events }: Replay,
  event: Pick<ValidatorEvent, 'validatorIndex' | 'slot' | 'kind' | 'amountGwei'> & Partial<ValidatorEvent>,
): void {
  events.push({ epoch: input.epoch, before: null, after: null, ...event });
}

/** The epoch, cut where a day of the ledger starts inside it. */
function stretchesOf({ epoch, calendar, spec }: LedgerInput, startSlot: Slot): Stretch[] {
  const starts = [startSlot, ...calendar.cuts(epoch)];
  return starts.map((start, at) => ({
    startSlot: start,
    endSlot: slot((starts[at + 1] ?? startSlot + spec.slotsPerEpoch) - 1n),
    day: calendar.dayOf(start),
  }));
}

function knownBalances(
  { points }: LedgerInput,
  index: number,
  stretches: readonly Stretch[],
  closingGwei: bigint,
): KnownBalance[] {
  const last = stretches.at(-1)?.endSlot ?? slot(0n);
  const known = new Map<bigint, KnownBalance>();
  for (const point of points) {
    const gwei = point.balancesGwei.get(index);
    if (gwei !== undefined && point.slot < last) known.set(point.slot, { slot: point.slot, gwei });
  }
  known.set(last, { slot: last, gwei: closingGwei });
  const missing = stretches.find(({ endSlot }) => !known.has(endSlot));
  if (missing !== undefined)
    throw ledgerError(
      'BALANCES_MISSING',
      `the balance of validator ${index} after slot ${missing.endSlot} is not known`,
    );
  return [...known.values()].sort((one, other) => (one.slot < other.slot ? -1 : 1));
}
