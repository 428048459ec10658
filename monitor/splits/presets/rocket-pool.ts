import { positivePart, smaller, WEI_PER_ETH } from '../amounts.ts';

/** Rocket Pool's contracts count shares in 10^18 parts and floor every division. */
const ONE = WEI_PER_ETH;
const VALIDATOR = 32n * ONE;
/** From this balance on a minipool is taken to hold its stake, not rewards alone. */
const FINAL_BALANCE = 8n * ONE;

export interface MinipoolShares {
  readonly nodeWei: bigint;
  readonly userWei: bigint;
  /** What the node's bond could not make good; its RPL is slashed for it. */
  readonly shortfallWei: bigint;
}

/**
 * What a minipool's balance is split into when it is distributed. Below 8 ETH all of it is rewards. From 8 ETH on the
 * users' capital comes first, so the node's own ETH is lost before theirs.
 * @param fee of the users' rewards, in 10^18 parts
 */
export function minipoolShares(balanceWei: bigint, nodeCapitalWei: bigint, fee: bigint): MinipoolShares {
  const userCapitalWei = VALIDATOR - nodeCapitalWei;
  if (balanceWei < FINAL_BALANCE) {
    const nodeWei = nodeRewards(balanceWei, nodeCapitalWei, fee);
    return { nodeWei, userWei: balanceWei - nodeWei, shortfallWei: 0n };
  }
  const nodeWei =
    balanceWei > VALIDATOR
      ? nodeCapitalWei + nodeRewards(balanceWei - VALIDATOR, nodeCapitalWei, fee)
      : positivePart(balanceWei - userCapitalWei);
  return { nodeWei, userWei: balanceWei - nodeWei, shortfallWei: positivePart(userCapitalWei - balanceWei) };
}

/** The node's part of rewards: as its capital is of 32 ETH, and the fee of the rest. */
export function nodeRewards(rewardsWei: bigint, nodeCapitalWei: bigint, fee: bigint): bigint {
  const nodePortion = (rewardsWei * nodeCapitalWei) / VALIDATOR;
  return nodePortion + ((rewardsWei - nodePortion) * fee) / ONE;
}

/** The weight of one attestation in the smoothing pool: the bond's part, and the fee on the part that was borrowed. */
export function smoothingScore(bondWei: bigint, fee: bigint): bigint {
  return ((ONE - fee) * bondWei) / VALIDATOR + fee;
}

export interface SmoothingEntry {
  readonly score: bigint;
  readonly attestations: bigint;
}

/** Node operators' parts of the smoothing pool; what they leave is the pool stakers', who absorb the truncation. */
export function smoothingShares(balanceWei: bigint, entries: readonly SmoothingEntry[]): bigint[] {
  let [totalScore, attestations] = [0n, 0n];
  for (const entry of entries) {
    totalScore += entry.score * entry.attestations;
    attestations += entry.attestations;
  }
  if (totalScore === 0n) return entries.map(() => 0n);
  const operatorsWei = (balanceWei * totalScore) / (attestations * ONE);
  return entries.map((entry) => (operatorsWei * entry.score * entry.attestations) / totalScore);
}

/** The least fee of a minipool with a bond below 16 ETH: 10%, and up to 4% more with RPL worth a tenth of what it borrowed. */
export function smallBondFee(fee: bigint, rplShare: bigint): bigint {
  const tenth = ONE / 10n;
  const least = tenth + ((ONE / 25n) * smaller(rplShare, tenth)) / tenth;
  return least > fee ? least : fee;
}

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
