import { formatEth, positivePart, WEI_PER_ETH } from '../amounts.ts';
import type { Pool } from '../config/pool.ts';
import {
  megapoolShares,
  nodeRewards,
  parts,
  smoothingPot,
  smoothingScore,
  smoothingShare,
} from '../presets/rocket-pool.ts';
import { largestRemainder } from '../rounding.ts';
import { incomeOf, type Standing } from '../split/standing.ts';
import type { AllocationInputs } from './allocation.ts';
import { GiftBook, type Gifts } from './gifts.ts';
import { ownBalances, type NodeFacts, type NodeShares } from './own-balances.ts';

interface Terms {
  readonly bondWei: bigint;
  readonly fee: bigint;
}

function terms(pool: Pool, { income }: Standing): Terms {
  const rule = pool.validators[income.rule];
  return { bondWei: rule?.bondWei ?? 0n, fee: parts(rule?.feeBps ?? 0n) };
}

/** Each minipool splits its own balance: the node has capital share and fee of what it earned, nothing of a loss. */
export function minipools(pool: Pool, facts: NodeFacts): NodeShares {
  const book = new GiftBook();
  const lossesWei = new Map<string, bigint>();
  for (const { operator, validatorIndex, standings, balanceWei } of ownBalances(facts)) {
    if (balanceWei <= 0n) {
      addLoss(lossesWei, operator, -balanceWei);
      book.tell(operator, `minipool ${validatorIndex} earned ${balanceWei} wei: nothing for the node`);
      continue;
    }
    // Where terms changed, what it earned is laid over the stretches as their income; one stretch has it all.
    const { parts: stretches, rest } = largestRemainder(
      balanceWei,
      standings.map(({ income }) => positivePart(incomeOf(income))),
    );
    standings.forEach((standing, index) => {
      const { bondWei, fee } = terms(pool, standing);
      const earned = (stretches[index] ?? 0n) + (index === standings.length - 1 ? rest : 0n);
      // Rewards only, however many: capital that comes back is no income.
      const { nodeWei, capitalWei, feeWei } = nodeRewards(earned, bondWei, fee);
      book.weigh(operator, earned);
      book.give(operator, nodeWei);
      book.tell(
        operator,
        `minipool ${validatorIndex}: ${earned} wei x ${formatEth(bondWei)} / 32 = ${capitalWei}; ` +
          `fee of the rest ${earned - capitalWei} x ${formatEth(fee)} = ${feeWei}; together ${nodeWei}`,
      );
    });
  }
  return { gifts: book, lossesWei };
}

/** One pot for all; every successful attestation scores. */
export function smoothingPool(amountWei: bigint, { pool, standings }: AllocationInputs): Gifts {
  const entries = standings.map((standing) => {
    const { bondWei, fee } = terms(pool, standing);
    return {
      score: smoothingScore(bondWei, fee),
      attestations: standing.income.duties.attestations.included,
    };
  });
  const pot = smoothingPot(amountWei, entries);
  const book = new GiftBook();
  standings.forEach(({ operator, income: { validatorIndex } }, index) => {
    const { score, attestations } = entries[index] ?? { score: 0n, attestations: 0n };
    const shareWei = smoothingShare(pot, { score, attestations });
    const id = operator ?? '';
    if (!book.weights.has(id))
      book.tell(
        id,
        `all nodes: ${amountWei} wei x score ${pot.totalScore} / (${pot.attestations} attestations x 10^18) = ${pot.operatorsWei}`,
      );
    book.weigh(id, score * attestations);
    book.give(id, shareWei);
    book.tell(
      id,
      `minipool ${validatorIndex}: ${pot.operatorsWei} wei x (${score} x ${attestations}) / ${pot.totalScore} = ${shareWei}`,
    );
  });
  return book;
}

/** One megapool an operator; capital ratio and fee are averages over the slots of its validators. */
export function megapools(pool: Pool, facts: NodeFacts): NodeShares {
  const byOperator = new Map<string, { balanceWei: bigint; slots: bigint; bond: bigint; fee: bigint }>();
  for (const { operator, standings, balanceWei } of ownBalances(facts)) {
    const sums = byOperator.get(operator) ?? { balanceWei: 0n, slots: 0n, bond: 0n, fee: 0n };
    sums.balanceWei += balanceWei;
    for (const standing of standings) {
      const { bondWei, fee } = terms(pool, standing);
      const { slots } = standing.income;
      sums.slots += slots;
      sums.bond += bondWei * slots;
      sums.fee += fee * slots;
    }
    byOperator.set(operator, sums);
  }
  const book = new GiftBook();
  const lossesWei = new Map<string, bigint>();
  const { megapool } = pool;
  for (const [operator, { balanceWei, slots, bond, fee }] of byOperator) {
    if (balanceWei <= 0n || slots === 0n) {
      addLoss(lossesWei, operator, positivePart(-balanceWei));
      book.tell(operator, `megapool of ${operator} earned ${balanceWei} wei: nothing for the node`);
      continue;
    }
    const ratio = bond / (slots * 32n);
    const shares = {
      node: fee / slots,
      voters: parts(megapool?.votersBps ?? 0n),
      dao: parts(megapool?.daoBps ?? 0n),
    };
    const { nodeWei, stakersWei, votersWei, daoWei } = megapoolShares(balanceWei, ratio, shares);
    const borrowed = balanceWei - (balanceWei * ratio) / WEI_PER_ETH;
    const of = `of ${borrowed} wei that megapool of ${operator} earned with what it borrowed`;
    book.weigh(operator, balanceWei);
    book.give(operator, nodeWei);
    book.tell(
      operator,
      `megapool of ${operator}: ${balanceWei} wei, capital ratio ${formatEth(ratio)}, so ${borrowed} wei are of what it borrowed`,
      `less ${stakersWei} of stakers, ${votersWei} of voters, ${daoWei} of the DAO: ${nodeWei} (share of the node ${formatEth(shares.node)})`,
    );
    if (megapool === null) continue;
    book.give(megapool.voters, votersWei);
    book.give(megapool.dao, daoWei);
    book.tell(megapool.voters, `${formatEth(shares.voters)} ${of}: ${votersWei}`);
    book.tell(megapool.dao, `${formatEth(shares.dao)} ${of}: ${daoWei}`);
  }
  return { gifts: book, lossesWei };
}

function addLoss(losses: Map<string, bigint>, operator: string, lossWei: bigint): void {
  if (lossWei > 0n) losses.set(operator, (losses.get(operator) ?? 0n) + lossWei);
}
