import { header, syncCommittee, syncRewards, type BeaconNodes } from '../../beacon/index.ts';
import { epoch } from '../../core/units.ts';
import type { PenaltyRules } from './penalty-rules.ts';
import { riskError } from './risk-errors.ts';
import { stakeOfSyncReward, type StakeBounds } from './total-stake.ts';

/** So many members must agree: one that a client gets wrong does not decide what the network is worth. */
const ASKED = 8;

/**
 * The total active stake, from three small answers: the head, the members of its sync committee, and what some of them
 * earned or lost for that block. The registry of the whole network is not read.
 * @throws TOTAL_STAKE_UNKNOWN, and what the nodes fail with
 */
export async function collectTotalStake(nodes: BeaconNodes, rules: PenaltyRules): Promise<StakeBounds> {
  const { data: head } = await nodes.ask(header('head'));
  const at = epoch(head.slot / rules.slotsPerEpoch);
  const { data: members } = await nodes.ask(syncCommittee(head.slot, at));
  // Who holds two positions may have missed one of them and earned nothing; the proposer earns more besides.
  const positions = Map.groupBy(members, (index) => index);
  const asked = [...positions]
    .filter(([index, held]) => held.length === 1 && BigInt(index) !== head.proposerIndex)
    .slice(0, ASKED)
    .map(([index]) => BigInt(index));
  if (asked.length === 0)
    throw riskError(
      'TOTAL_STAKE_UNKNOWN',
      'every member of the sync committee holds several positions of it',
    );
  const { data: rewards } = await nodes.ask(syncRewards(head.root, asked));
  // The reward for a set bit and the penalty for a clear one are the same.
  const amounts = new Set(rewards.map(({ rewardGwei }) => (rewardGwei < 0n ? -rewardGwei : rewardGwei)));
  const [amount, other] = amounts;
  if (amount === undefined)
    throw riskError('TOTAL_STAKE_UNKNOWN', 'the node says of no member what it earned');
  if (other !== undefined)
    throw riskError(
      'TOTAL_STAKE_UNKNOWN',
      `members of one sync committee earned ${amount} and ${other} gwei for the same block`,
    );
  const bounds = stakeOfSyncReward(rules, amount);
  if (bounds === null)
    throw riskError('TOTAL_STAKE_UNKNOWN', `no total stake pays ${amount} gwei to a sync committee member`);
  return bounds;
}
