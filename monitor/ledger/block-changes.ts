import { isAtLeast } from '../../core/chain/fork.ts';
import type { BlockFacts, SlashingFacts } from '../model/block-facts.ts';
import { proposalDoubt, syncDoubt } from './doubts.ts';
import { initialSlashingPenalty } from './penalties.ts';
import { record, type Replay } from './replay.ts';
import { isActiveAt } from './vote-rewards.ts';

/** Those who were slashed or became compounding in this epoch already: neither happens twice. */
export interface Once {
  readonly slashed: Set<number>;
  readonly compounding: Set<number>;
}

/** What one block does to balances, in the order of `process_block`. */
export function applyBlock(replay: Replay, block: BlockFacts, once: Once): void {
  // Genesis is not processed.
  if (block.slot === 0n) return;
  const { input } = replay;
  const proposer = replay.tracks.get(block.proposerIndex);
  const reward = input.blockRewards.get(block.slot);
  applyWithdrawals(replay, block);
  for (const slashing of block.slashings) applySlashing(replay, block, slashing, once.slashed);
  if (proposer !== undefined && reward === undefined) proposer.doubt(block.slot, proposalDoubt(input, block));
  if (proposer !== undefined && reward !== undefined) {
    const slashings = reward.proposerSlashingsGwei + reward.attesterSlashingsGwei;
    proposer.add(block.slot, 'proposerGwei', slashings + reward.attestationsGwei);
  }
  applyDeposits(replay, block);
  applySwitches(replay, block, once.compounding);
  applySync(replay, block);
  if (reward !== undefined) proposer?.add(block.slot, 'proposerGwei', reward.syncAggregateGwei);
}

/** Full is what is withdrawn once the validator may be: its state says so, the amount never does. */
function applyWithdrawals(replay: Replay, { slot, withdrawals }: BlockFacts): void {
  const { input, tracks } = replay;
  for (const { validatorIndex, address, amountGwei } of withdrawals) {
    const track = tracks.get(validatorIndex);
    const state = input.closing.get(validatorIndex);
    if (track === undefined || state === undefined) continue;
    const full = state.withdrawableEpoch <= input.epoch;
    track.withdraw(slot, full ? 'withdrawalsFullGwei' : 'withdrawalsPartialGwei', amountGwei);
    const kind = full ? 'withdrawal_full' : 'withdrawal_partial';
    record(replay, { validatorIndex, slot, kind, amountGwei, after: address });
  }
}

/** Only who can be slashed is (`is_slashable_validator`); by the state at the end of the epoch it then is. */
function applySlashing(
  replay: Replay,
  { slot }: BlockFacts,
  { kind, validatorIndices }: SlashingFacts,
  already: Set<number>,
): void {
  const { input, tracks, fork } = replay;
  for (const validatorIndex of validatorIndices) {
    const track = tracks.get(validatorIndex);
    const state = input.closing.get(validatorIndex);
    if (track === undefined || state?.slashed !== true || already.has(validatorIndex)) continue;
    if (input.opening.get(validatorIndex)?.slashed === true) continue;
    already.add(validatorIndex);
    // Effective balances changed as the epoch began and not since.
    const owed = initialSlashingPenalty(input.rules, fork, state.effectiveBalanceGwei);
    const gwei = track.add(slot, 'slashingGwei', -owed);
    record(replay, { validatorIndex, slot, kind: 'slashed', amountGwei: -gwei, after: kind });
  }
}

/** Before Electra deposits are applied by the block itself; since, they are requests and go to the queue. */
function applyDeposits(replay: Replay, { slot, deposits }: BlockFacts): void {
  if (isAtLeast(replay.fork, 'electra')) return;
  for (const { pubkey, amountGwei } of deposits) {
    const validatorIndex = replay.byPubkey.get(pubkey);
    if (validatorIndex === undefined) continue;
    replay.tracks.get(validatorIndex)?.add(slot, 'depositsGwei', amountGwei);
    record(replay, { validatorIndex, slot, kind: 'deposit_applied', amountGwei });
  }
}

/**
 * A consolidation with itself asks for compounding credentials; when it was heard, what is above the least is taken out
 * and goes to the end of the deposit queue. The credentials tell that it was heard, the block when.
 */
function applySwitches(replay: Replay, { slot, consolidationRequests }: BlockFacts, done: Set<number>): void {
  const { input, tracks, byPubkey } = replay;
  for (const { source, target, sourceAddress } of consolidationRequests) {
    const validatorIndex = source === target ? byPubkey.get(source) : undefined;
    if (validatorIndex === undefined || done.has(validatorIndex)) continue;
    const track = tracks.get(validatorIndex);
    const before = input.opening.get(validatorIndex);
    const after = input.closing.get(validatorIndex);
    if (track === undefined || before === undefined || after === undefined) continue;
    if (!isCompounding(after.withdrawalCredentials) || isCompounding(before.withdrawalCredentials)) continue;
    if (!after.withdrawalCredentials.endsWith(sourceAddress.slice(2).toLowerCase())) continue;
    if (!isActiveAt(before, input.epoch)) continue;
    done.add(validatorIndex);
    const excess = track.balanceAt(slot) - input.rules.minActivationBalanceGwei;
    if (excess <= 0n) continue;
    track.add(slot, 'depositsGwei', -excess);
    record(replay, {
      ...{ validatorIndex, slot, kind: 'deposit_requested', amountGwei: excess },
      before: before.withdrawalCredentials,
      after: after.withdrawalCredentials,
    });
  }
}

const isCompounding = (credentials: string): boolean => credentials.startsWith('0x02');

/** Position by position, in their order: where a balance is near zero it matters which comes first. */
function applySync({ input, tracks }: Replay, { slot, syncBits }: BlockFacts): void {
  if (syncBits === null) return;
  for (const [index, positions] of input.syncPositions) {
    const track = tracks.get(index);
    if (track === undefined) continue;
    const { syncRewardGwei: rewardGwei } = input;
    if (rewardGwei === null)
      track.doubt(slot, syncDoubt(positions.some((position) => syncBits[position] === 1)));
    for (const position of positions) {
      const hit = syncBits[position] === 1;
      if (rewardGwei !== null) {
        track.add(slot, 'syncGwei', hit ? rewardGwei : -rewardGwei);
        track.addIdeal(slot, 'idealSyncGwei', rewardGwei);
      }
      track.count(slot, 'syncAssigned');
      if (hit) track.count(slot, 'syncIncluded');
    }
  }
}
