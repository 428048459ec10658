import { WEI_PER_ETH } from '../amounts.ts';

/** Rocket Pool's contracts count shares in 10^18 parts and floor every division. */
const ONE = WEI_PER_ETH;
const VALIDATOR = 32n * ONE;

export interface NodeRewards {
  readonly nodeWei: bigint;
  /** As its capital is of 32 ETH. */
  readonly capitalWei: bigint;
  /** Of the rest. */
  readonly feeWei: bigint;
}

/**
 * The node's part of a minipool's rewards.
 * @param fee in 10^18 parts
 */
export function nodeRewards(rewardsWei: bigint, nodeCapitalWei: bigint, fee: bigint): NodeRewards {
  const capitalWei = (rewardsWei * nodeCapitalWei) / VALIDATOR;
  const feeWei = ((rewardsWei - capitalWei) * fee) / ONE;
  return { nodeWei: capitalWei + feeWei, capitalWei, feeWei };
}

/** The weight of one attestation in the smoothing pool: the bond's part, and the fee on the part that was borrowed. */
export function smoothingScore(bondWei: bigint, fee: bigint): bigint {
  return ((ONE - fee) * bondWei) / VALIDATOR + fee;
}

export interface SmoothingEntry {
  readonly score: bigint;
  readonly attestations: bigint;
}

export interface SmoothingPot {
  readonly totalScore: bigint;
  readonly attestations: bigint;
  /** Of all node operators; what they leave is the pool stakers', who absorb the truncation. */
  readonly operatorsWei: bigint;
}

export function smoothingPot(balanceWei: bigint, entries: readonly SmoothingEntry[]): SmoothingPot {
  let [totalScore, attestations] = [0n, 0n];
  for (const entry of entries) {
    totalScore += entry.score * entry.attestations;
    attestations += entry.attestations;
  }
  const operatorsWei = totalScore === 0n ? 0n : (balanceWei * totalScore) / (attestations * ONE);
  return { totalScore, attestations, operatorsWei };
}

export const smoothingShare = (
  { operatorsWei, totalScore }: SmoothingPot,
  { score, attestations }: SmoothingEntry,
): bigint => (totalScore === 0n ? 0n : (operatorsWei * score * attestations) / totalScore);

export interface MegapoolShares {
  readonly nodeWei: bigint;
  readonly stakersWei: bigint;
  readonly votersWei: bigint;
  readonly daoWei: bigint;
}

/**
 * A megapool's rewards. Ratio and shares are averages over time, all in 10^18 parts. Everybody but the node is floored;
 * the node takes what is left.
 * @param capitalRatio the node's part of the capital
 */
export function megapoolShares(
  rewardsWei: bigint,
  capitalRatio: bigint,
  shares: { readonly node: bigint; readonly voters: bigint; readonly dao: bigint },
): MegapoolShares {
  const borrowed = rewardsWei - (rewardsWei * capitalRatio) / ONE;
  const stakersWei = ((ONE - shares.node - shares.voters - shares.dao) * borrowed) / ONE;
  const votersWei = (shares.voters * borrowed) / ONE;
  const daoWei = (shares.dao * borrowed) / ONE;
  return { nodeWei: rewardsWei - stakersWei - votersWei - daoWei, stakersWei, votersWei, daoWei };
}

/** Basis points in 10^18 parts. */
export const parts = (bps: bigint): bigint => bps * 10n ** 14n;
