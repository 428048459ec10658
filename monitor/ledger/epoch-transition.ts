import { epoch } from '../../core/units.ts';
import type { BalanceTrack } from './balance-track.ts';
import { voteDoubt } from './doubts.ts';
import { correlationEpoch } from './penalties.ts';
import { record, type Replay } from './replay.ts';
import { isPaidFor } from './vote-rewards.ts';

/** What `process_epoch` does to balances as an epoch begins, in its order; the changes carry the epoch's first slot. */
export function applyTransition(replay: Replay): void {
  const { input } = replay;
  // Genesis is no transition.
  if (input.epoch === 0n) return;
  for (const [index, track] of replay.tracks) {
    applyVotes(replay, index, track);
    applyCorrelation(replay, index, track);
  }
  if (input.queue === null) return;
  applyDeposits(replay, input.queue.deposits);
  applyConsolidations(replay, input.queue.consolidations);
  applyReturned(replay, input.queue.returned);
}

/** Votes are paid by the state before the transition: its effective balances, its slashed. */
function applyVotes({ input, startSlot }: Replay, index: number, track: BalanceTrack): void {
  const before = input.opening.get(index);
  // The first two epochs have no votes two epochs before.
  if (before === undefined || input.epoch < 2n) return;
  if (!isPaidFor(before, epoch(input.epoch - 2n))) return;
  const { slashed, effectiveBalanceGwei } = before;
  const reward = input.voteRewards.get(index);
  if (reward !== undefined) {
    track.add(startSlot, slashed ? 'slashingGwei' : 'attestationGwei', reward.gwei);
    // Whoever is slashed has no perfect vote to make.
    if (!slashed) track.addIdeal(startSlot, 'idealAttestationGwei', reward.idealGwei);
    track.setMethod(startSlot, reward.method);
  }
  if (reward === undefined || reward.method === 'balance')
    track.doubt(startSlot, voteDoubt(input, effectiveBalanceGwei, slashed));
}

/**
 * Its amount depends on everybody who was slashed within weeks, so it is what the balance lost at this transition and
 * nothing else explains.
 */
function applyCorrelation(replay: Replay, index: number, track: BalanceTrack): void {
  const { input, startSlot } = replay;
  const before = input.opening.get(index);
  if (before?.slashed !== true) return;
  if (correlationEpoch(input.rules, before.withdrawableEpoch) !== input.epoch - 1n) return;
  track.doubt(startSlot, {
    component: 'slashingGwei',
    leastGwei: null,
    mostGwei: 0n,
    settled: (gwei) =>
      record(replay, {
        validatorIndex: index,
        slot: startSlot,
        kind: 'correlation_penalty',
        amountGwei: -gwei,
      }),
  });
}

type Queue = NonNullable<Replay['input']['queue']>;

function applyDeposits(replay: Replay, deposits: Queue['deposits']): void {
  const { startSlot, tracks, byPubkey } = replay;
  for (const { pubkey, amountGwei } of deposits) {
    const index = byPubkey.get(pubkey);
    if (index === undefined) continue;
    tracks.get(index)?.add(startSlot, 'depositsGwei', amountGwei);
    record(replay, { validatorIndex: index, slot: startSlot, kind: 'deposit_applied', amountGwei });
  }
}

function applyConsolidations(replay: Replay, consolidations: Queue['consolidations']): void {
  const { input, startSlot, tracks } = replay;
  for (const { source, target, balanceGwei, effectiveBalanceGwei } of consolidations) {
    const from = tracks.get(source);
    const balance = from?.balanceAt(startSlot) ?? balanceGwei;
    const effective = input.opening.get(source)?.effectiveBalanceGwei ?? effectiveBalanceGwei;
    const amountGwei = balance < effective ? balance : effective;
    const moved = { slot: startSlot, amountGwei };
    if (from !== undefined) {
      from.add(startSlot, 'consolidationGwei', -amountGwei);
      const after = target.toString();
      record(replay, { ...moved, validatorIndex: source, kind: 'consolidation_out', after });
    }
    const to = tracks.get(target);
    if (to === undefined) continue;
    to.add(startSlot, 'consolidationGwei', amountGwei);
    record(replay, {
      ...moved,
      validatorIndex: target,
      kind: 'consolidation_in',
      before: source.toString(),
    });
  }
}

/** The fork to Electra queued what compounding validators had above the least, and all of those not yet activated. */
function applyReturned(replay: Replay, returned: Queue['returned']): void {
  const { input, startSlot, tracks, byPubkey } = replay;
  for (const { pubkey, amountGwei } of returned) {
    const index = byPubkey.get(pubkey);
    if (index === undefined) continue;
    tracks.get(index)?.add(startSlot, 'depositsGwei', -amountGwei);
    const after = input.closing.get(index)?.withdrawalCredentials ?? null;
    record(replay, { validatorIndex: index, slot: startSlot, kind: 'deposit_requested', amountGwei, after });
  }
}
