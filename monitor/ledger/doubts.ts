import type { BlockFacts } from '../model/block-facts.ts';
import type { Doubt } from './balance-track.ts';
import {
  baseReward,
  FLAGS,
  integerSquareRoot,
  mostBaseRewardPerIncrement,
  syncProposerReward,
  WEIGHT_DENOMINATOR,
} from './formulas.ts';
import type { LedgerInput } from './ledger-input.ts';

/**
 * Amounts that nobody tells and the balance must: how far they can go, so that a deposit is not taken for a reward. A
 * bound that lets through a little too much does no harm: deposits are of one ether and more.
 */

const ALL_WEIGHTS = FLAGS.reduce((sum, { weight }) => sum + weight, 0n);

/** Of a vote; while slashed it is a loss like the slashing itself. */
export function voteDoubt(input: LedgerInput, effectiveGwei: bigint, slashed: boolean): Doubt {
  if (slashed) return { component: 'slashingGwei', leastGwei: null, mostGwei: 0n };
  const base = baseReward(input.rules, effectiveGwei, mostPerIncrement(input, effectiveGwei));
  // Twice, because the sync reward is of the epoch after the one that the vote was paid by.
  const mostGwei = (2n * base * ALL_WEIGHTS) / WEIGHT_DENOMINATOR;
  return { component: 'attestationGwei', leastGwei: null, mostGwei };
}

function mostPerIncrement({ rules, syncRewardGwei }: LedgerInput, effectiveGwei: bigint): bigint {
  if (syncRewardGwei !== null && syncRewardGwei > 0n)
    return mostBaseRewardPerIncrement(rules, syncRewardGwei);
  // There is at least as much at stake as this validator has itself.
  const least = effectiveGwei < rules.incrementGwei ? rules.incrementGwei : effectiveGwei;
  return (rules.incrementGwei * rules.baseRewardFactor) / integerSquareRoot(least);
}

/** Slots whose votes one block can have at most: `MAX_ATTESTATIONS_ELECTRA` of a whole slot each. */
const VOTED_SLOTS = 8n;
/** What a slashed validator can be worth to the block: the largest by Electra's quotient, or any by the older ones. */
const SLASHING_GWEI = 500_000_000n;

/** Of a block's proposer. */
export function proposalDoubt({ rules, syncRewardGwei }: LedgerInput, block: BlockFacts): Doubt {
  const component = 'proposerGwei';
  if (syncRewardGwei === null) return { component, leastGwei: 0n, mostGwei: null };
  // The base rewards of all validators together, from the share of them that a position of the committee is paid.
  const divisor = (WEIGHT_DENOMINATOR / 2n) * rules.slotsPerEpoch * rules.syncCommitteeSize;
  const allBaseRewards = (syncRewardGwei + 1n) * divisor;
  const votes = (allBaseRewards * VOTED_SLOTS * ALL_WEIGHTS) / (rules.slotsPerEpoch * 448n);
  const sync = syncProposerReward(syncRewardGwei) * rules.syncCommitteeSize;
  const slashed = block.slashings.reduce((sum, each) => sum + each.validatorIndices.length, 0);
  return { component, leastGwei: 0n, mostGwei: votes + sync + BigInt(slashed) * SLASHING_GWEI };
}

/** No block pays a member 0.1 ETH, whatever is at stake. */
const SYNC_GWEI = 100_000_000n;

/** Of a member in one block, where nobody tells what a position is paid: when every member that could show it missed. */
export const syncDoubt = (anyHit: boolean): Doubt => ({
  component: 'syncGwei',
  leastGwei: -SYNC_GWEI,
  mostGwei: anyHit ? SYNC_GWEI : 0n,
});
