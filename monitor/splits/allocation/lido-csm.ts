import type { Pool } from '../config/pool.ts';
import { addDuties, formatRatio, NO_DUTIES, ONE, performance } from '../income/duties.ts';
import { csmFrame, csmKeys, parametersOf, type CsmKey, type CsmKeyOutcome } from '../presets/lido-csm.ts';
import { networkFor, type Standing } from '../split/standing.ts';
import { effectiveEth } from '../split/weights.ts';
import type { AllocationInputs } from './allocation.ts';
import { GiftBook, type Gifts } from './gifts.ts';

/** Lido's Community Staking Module: participation shares of the keys that did well enough, floors, rebate. */
export function lidoCsm(amountWei: bigint, { pool, income, standings }: AllocationInputs): Gifts {
  const network = networkFor(pool, income) ?? ONE;
  const outcomes = new Map<string, CsmKeyOutcome>();
  const book = new GiftBook();
  let rebate = 0n;
  for (const [operator, own] of byOperator(standings)) {
    const keys = keysOf(own, pool);
    const results = csmKeys(keys, network, parametersOf(pool, operator));
    for (const key of keys) {
      const result = results.get(key.validatorIndex);
      if (result === undefined) continue;
      outcomes.set(`${key.validatorIndex} ${operator}`, result);
      book.weigh(operator, result.participation);
      rebate += result.rebate;
      book.tell(operator, keyLine(key, result));
    }
  }
  const { operatorsWei, totalShares } = csmFrame(amountWei, book.weights, rebate);
  for (const [operator, shares] of book.weights) {
    const wei = operatorsWei.get(operator) ?? 0n;
    book.give(operator, wei);
    book.tell(
      operator,
      `${amountWei} wei x ${shares} / ${totalShares} (${totalShares - rebate} of operators, ${rebate} of the rebate) = ${wei}`,
    );
  }
  if (pool.rounding.kind === 'floor-to')
    book.tell(
      pool.rounding.participant,
      `rebate of the protocol: ${rebate} of ${totalShares} shares, and what floors leave`,
    );
  return { ...gifts(book), standings: standings.map((standing) => judged(standing, outcomes)) };
}

const gifts = ({ weights, sharesWei, derivations }: GiftBook) => ({ weights, sharesWei, derivations });

function byOperator(standings: readonly Standing[]): Map<string, Standing[]> {
  const found = new Map<string, Standing[]>();
  for (const standing of standings) {
    const own = found.get(standing.operator ?? '');
    if (own === undefined) found.set(standing.operator ?? '', [standing]);
    else own.push(standing);
  }
  return found;
}

/** A key is one validator, under however many rules of the file. */
function keysOf(standings: readonly Standing[], { performance: { weights } }: Pool): CsmKey[] {
  const byIndex = new Map<bigint, Standing[]>();
  for (const standing of standings) {
    const { validatorIndex } = standing.income;
    byIndex.set(validatorIndex, [...(byIndex.get(validatorIndex) ?? []), standing]);
  }
  return [...byIndex].map(([validatorIndex, own]) => {
    const duties = own.reduce((total, { income }) => addDuties(total, income.duties), NO_DUTIES);
    const over = (of: (standing: Standing) => bigint) => own.reduce((total, each) => total + of(each), 0n);
    return {
      validatorIndex,
      effectiveEth: effectiveEth({
        effectiveGweiSlots: over(({ income }) => income.effectiveGweiSlots),
        slots: over(({ income }) => income.slots),
      }),
      assigned: duties.attestations.assigned,
      performance: performance(duties, weights),
      slashed: own.some(({ income }) => income.slashingWei < 0n),
    };
  });
}

function keyLine(key: CsmKey, { number, threshold, shareBps, participation, strike }: CsmKeyOutcome): string {
  const name = `key ${number}, validator ${key.validatorIndex}`;
  if (key.performance === null || key.assigned === 0n) return `${name}: had no duties, 0 shares`;
  if (key.slashed) return `${name}: slashed, 0 shares`;
  const against = `performance ${formatRatio(key.performance)}, threshold ${formatRatio(threshold)}`;
  if (strike) return `${name}: ${against}, 0 shares`;
  return `${name}: ${against}; ${key.assigned} attestations x ${key.effectiveEth} ETH x ${shareBps} / 10000, rounded up = ${participation} shares`;
}

/** The columns of a validator are those of the rule that it was judged by. */
function judged(standing: Standing, outcomes: ReadonlyMap<string, CsmKeyOutcome>): Standing {
  const outcome = outcomes.get(`${standing.income.validatorIndex} ${standing.operator ?? ''}`);
  if (outcome === undefined) return standing;
  const counts = outcome.participation + outcome.rebate > 0n;
  return {
    ...standing,
    threshold: outcome.threshold,
    factor: counts ? ONE : { num: 0n, den: 1n },
    csm: outcome,
  };
}
