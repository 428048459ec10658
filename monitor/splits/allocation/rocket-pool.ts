import { positivePart } from '../amounts.ts';
import { largestRemainder } from '../rounding.ts';
import {
  megapoolShares,
  nodeRewards,
  parts,
  smoothingScore,
  smoothingShares,
} from '../presets/rocket-pool.ts';
import { incomeOf, type Standing } from '../split/standing.ts';
import type { AllocationInputs } from './allocation.ts';
import { add, type Gifts } from './to-operators.ts';

interface Terms {
  readonly bondWei: bigint;
  readonly fee: bigint;
}

function terms({ pool }: AllocationInputs, { income }: Standing): Terms {
  const rule = pool.validators[income.rule];
  return { bondWei: rule?.bondWei ?? 0n, fee: parts(rule?.feeBps ?? 0n) };
}

/** Each minipool's part of the amount is as its income; of that the node has capital share and fee. */
export function minipools(amountWei: bigint, inputs: AllocationInputs): Gifts {
  const { standings } = inputs;
  const balances = largestRemainder(
    amountWei,
    standings.map(({ income }) => positivePart(incomeOf(income))),
  ).parts;
  const weights = new Map<string, bigint>();
  const sharesWei = new Map<string, bigint>();
  standings.forEach((standing, index) => {
    const { bondWei, fee } = terms(inputs, standing);
    const balance = balances[index] ?? 0n;
    add(weights, standing.operator ?? '', balance);
    // Rewards only, however many: the rule for 8 ETH and more is about stakes that came back.
    add(sharesWei, standing.operator ?? '', nodeRewards(balance, bondWei, fee));
  });
  return { weights, sharesWei };
}

/** One pot for all; every successful attestation scores. */
export function smoothingPool(amountWei: bigint, inputs: AllocationInputs): Gifts {
  const { standings } = inputs;
  const entries = standings.map((standing) => {
    const { bondWei, fee } = terms(inputs, standing);
    return {
      score: smoothingScore(bondWei, fee),
      attestations: standing.income.duties.attestations.included,
    };
  });
  const shares = smoothingShares(amountWei, entries);
  const weights = new Map<string, bigint>();
  const sharesWei = new Map<string, bigint>();
  standings.forEach(({ operator }, index) => {
    const entry = entries[index];
    add(weights, operator ?? '', (entry?.score ?? 0n) * (entry?.attestations ?? 0n));
    add(sharesWei, operator ?? '', shares[index] ?? 0n);
  });
  return { weights, sharesWei };
}

/** One megapool an operator; capital ratio and fee are averages over the slots of its validators. */
export function megapools(amountWei: bigint, inputs: AllocationInputs): Gifts {
  const { standings, pool } = inputs;
  const byOperator = new Map<string, { income: bigint; slots: bigint; bond: bigint; fee: bigint }>();
  for (const standing of standings) {
    const { bondWei, fee } = terms(inputs, standing);
    const { slots } = standing.income;
    const sums = byOperator.get(standing.operator ?? '') ?? { income: 0n, slots: 0n, bond: 0n, fee: 0n };
    sums.income += incomeOf(standing.income);
    sums.slots += slots;
    sums.bond += bondWei * slots;
    sums.fee += fee * slots;
    byOperator.set(standing.operator ?? '', sums);
  }
  const operators = [...byOperator];
  const rewards = largestRemainder(
    amountWei,
    operators.map(([, { income }]) => positivePart(income)),
  ).parts;
  const weights = new Map<string, bigint>();
  const sharesWei = new Map<string, bigint>();
  const { megapool } = pool;
  operators.forEach(([operator, { slots, bond, fee }], index) => {
    const reward = rewards[index] ?? 0n;
    const { nodeWei, votersWei, daoWei } = megapoolShares(reward, slots === 0n ? 0n : bond / (slots * 32n), {
      node: slots === 0n ? 0n : fee / slots,
      voters: parts(megapool?.votersBps ?? 0n),
      dao: parts(megapool?.daoBps ?? 0n),
    });
    add(weights, operator, reward);
    add(sharesWei, operator, nodeWei);
    if (megapool === null) return;
    add(sharesWei, megapool.voters, votersWei);
    add(sharesWei, megapool.dao, daoWei);
  });
  return { weights, sharesWei };
}
