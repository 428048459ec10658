import { z } from 'zod';
import type { Epoch } from '../../core/units.ts';
import { apiRequest, InvalidAnswer, simpleCall, type Answer, type Call } from '../node/call.ts';
import type { RawAnswer } from '../node/exchange.ts';
import { chunkedCall } from './chunked.ts';
import { idText, validatorIdText, type BlockId } from './ids.ts';
import { readAnswer } from './read-answer.ts';
import { signedGwei, uint64, wholeGwei } from './wire.ts';

/**
 * What the rewards endpoints say. They are one source among two: clients answered them with states they did not have
 * (500), with balances, with fractions, or not at all, so whoever uses them compares.
 */

/** Of one validator for its vote in one epoch; negative is a penalty. */
export interface AttestationReward {
  readonly validatorIndex: bigint;
  readonly headGwei: bigint;
  readonly targetGwei: bigint;
  readonly sourceGwei: bigint;
  readonly inactivityGwei: bigint;
  /** False when the node computed it in floating point: then it may be a Gwei off. */
  readonly exact: boolean;
}

/** What a perfect vote was worth at an effective balance, by the account of the node. */
export interface IdealReward {
  readonly effectiveBalanceGwei: bigint;
  readonly headGwei: bigint;
  readonly targetGwei: bigint;
  readonly sourceGwei: bigint;
  readonly inactivityGwei: bigint;
  /** False when the node computed it in floating point: then it may be a Gwei off. */
  readonly exact: boolean;
}

export interface AttestationRewards {
  /** By effective balance. Some clients stop at 32 ETH. */
  readonly ideal: ReadonlyMap<bigint, IdealReward>;
  readonly total: readonly AttestationReward[];
}

/** Some clients computed in floating point, the ideal rewards at least. */
const parts = {
  head: wholeGwei,
  target: wholeGwei,
  source: wholeGwei,
  // Left out by old clients, where no leak is possible.
  inactivity: wholeGwei.optional(),
};

function partsOf({ head, target, source, inactivity }: z.infer<z.ZodObject<typeof parts>>) {
  return {
    headGwei: head.gwei,
    targetGwei: target.gwei,
    sourceGwei: source.gwei,
    inactivityGwei: inactivity?.gwei ?? 0n,
    exact: head.exact && target.exact && source.exact && inactivity?.exact !== false,
  };
}

const totalReward = z
  .object({ validator_index: uint64, ...parts })
  .transform((reward): AttestationReward => ({ validatorIndex: reward.validator_index, ...partsOf(reward) }));

const idealReward = z.object({ effective_balance: uint64, ...parts }).transform((reward): IdealReward => ({
  effectiveBalanceGwei: reward.effective_balance,
  ...partsOf(reward),
}));

const attestationData = z.object({
  ideal_rewards: z.array(idealReward),
  total_rewards: z.array(totalReward),
});

/**
 * Every answer has the ideal rewards of all effective balances before it, a quarter of a megabyte since Electra, and
 * nodes compute the rewards of everybody for each. So many indices are a body of 90 kB, no more than that of a thousand
 * pubkeys, and half of what the strictest client takes at once (Nimbus: 16,384 ids).
 */
const INDICES = 8192;

/**
 * Rewards for the votes made in an epoch, known two epochs later.
 * @throws BEACON_NOT_FOUND, or BEACON_UNREACHABLE with status 500, when the node no longer has the state
 */
export function attestationRewards(at: Epoch, indices: readonly bigint[]): Call<AttestationRewards> {
  return {
    operation: 'getAttestationsRewards',
    idempotent: true,
    async run(send) {
      const ideal = new Map<bigint, IdealReward>();
      const totals = chunkedCall({
        ids: indices,
        chunk: INDICES,
        request: (part) =>
          apiRequest('getAttestationsRewards', {
            at: { epoch: at.toString() },
            body: part.map(validatorIdText),
          }),
        read: (raw) => {
          const { data, ...rest } = readAnswer(attestationData, raw);
          for (const each of data.ideal_rewards) ideal.set(each.effectiveBalanceGwei, each);
          return { data: data.total_rewards, ...rest };
        },
        namesOf: ({ validatorIndex }) => [validatorIndex.toString()],
        nameOf: validatorIdText,
      });
      const { data: total, ...rest } = await totals.run(send);
      return { data: { ideal, total }, ...rest };
    },
  };
}

/** Of the proposer of one block, on the consensus layer. */
export interface BlockReward {
  readonly proposerIndex: bigint;
  readonly totalGwei: bigint;
  readonly attestationsGwei: bigint;
  readonly syncAggregateGwei: bigint;
  readonly proposerSlashingsGwei: bigint;
  readonly attesterSlashingsGwei: bigint;
}

const blockRewardData = z
  .object({
    proposer_index: uint64,
    total: uint64,
    attestations: uint64,
    sync_aggregate: uint64,
    proposer_slashings: uint64,
    attester_slashings: uint64,
  })
  .transform((reward): BlockReward => ({
    proposerIndex: reward.proposer_index,
    totalGwei: reward.total,
    attestationsGwei: reward.attestations,
    syncAggregateGwei: reward.sync_aggregate,
    proposerSlashingsGwei: reward.proposer_slashings,
    attesterSlashingsGwei: reward.attester_slashings,
  }));

export function blockRewards(id: BlockId): Call<BlockReward> {
  const request = apiRequest('getBlockRewards', { at: { block_id: idText(id) } });
  return simpleCall(request, (raw): Answer<BlockReward> => {
    const answer = readAnswer(blockRewardData, raw);
    const { totalGwei, ...parts } = answer.data;
    const sum =
      parts.attestationsGwei +
      parts.syncAggregateGwei +
      parts.proposerSlashingsGwei +
      parts.attesterSlashingsGwei;
    if (sum !== totalGwei) throw new InvalidAnswer(`data.total: ${totalGwei}, but the parts make ${sum}`);
    return answer;
  });
}

/** Of one member of the sync committee for one block, over all its positions; negative is a penalty. */
export interface SyncReward {
  readonly validatorIndex: bigint;
  readonly rewardGwei: bigint;
}

/**
 * No block pays a whole sync committee 0.1 ETH, even with all ether there is at stake. A client that says more of one
 * member answered with its balance, as Lodestar did up to 1.38.
 */
const MAX_SYNC_REWARD_GWEI = 100_000_000n;

const syncRewardData = z
  .object({ validator_index: uint64, reward: signedGwei })
  .refine(({ reward }) => reward <= MAX_SYNC_REWARD_GWEI && reward >= -MAX_SYNC_REWARD_GWEI, {
    path: ['reward'],
    message: 'is no reward but a balance',
  })
  .transform(({ validator_index, reward }): SyncReward => ({
    validatorIndex: validator_index,
    rewardGwei: reward,
  }));

/** Those of the validators that are in the sync committee of a block. */
export function syncRewards(id: BlockId, indices: readonly bigint[]): Call<SyncReward[]> {
  return chunkedCall({
    ids: indices,
    request: (part) =>
      apiRequest('getSyncCommitteeRewards', {
        at: { block_id: idText(id) },
        body: part.map(validatorIdText),
      }),
    read: (raw: RawAnswer) => {
      // Lighthouse says null where none of them is in the committee.
      const { data, ...rest } = readAnswer(z.array(syncRewardData).nullable(), raw);
      return { data: data ?? [], ...rest };
    },
    namesOf: ({ validatorIndex }) => [validatorIndex.toString()],
    nameOf: validatorIdText,
  });
}
