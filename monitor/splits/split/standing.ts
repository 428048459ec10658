import { sum } from '../amounts.ts';
import type { Pool } from '../config/pool.ts';
import {
  compareRatios,
  formatRatio,
  ONE,
  performance,
  thresholdRatio,
  type Ratio,
} from '../income/duties.ts';
import type { PeriodIncome, ValidatorIncome } from '../income/period-income.ts';
import type { CsmKeyOutcome } from '../presets/lido-csm.ts';
import { splitsError } from '../splits-errors.ts';
import type { ValidatorLine } from './split-result.ts';

/** A validator with what the performance policy makes of it. */
export interface Standing {
  readonly income: ValidatorIncome;
  readonly operator: string | null;
  readonly performance: Ratio | null;
  readonly threshold: Ratio | null;
  /** The part of it that counts for commission and weights, from 0 to 1. */
  readonly factor: Ratio;
  /** What Lido's CSM made of it. */
  readonly csm?: CsmKeyOutcome;
}

const ZERO: Ratio = { num: 0n, den: 1n };

export function standings(pool: Pool, income: PeriodIncome): Standing[] {
  const { action, threshold, weights } = pool.performance;
  const least = action === 'none' ? null : thresholdRatio(threshold, networkFor(pool, income));
  return income.validators.map((validator) => {
    const own = performance(validator.duties, weights);
    return {
      income: validator,
      operator: pool.validators[validator.rule]?.operator ?? null,
      performance: own,
      threshold: least,
      factor: least === null || own === null ? ONE : factorOf(own, least, action === 'scale'),
    };
  });
}

function factorOf(own: Ratio, least: Ratio, scale: boolean): Ratio {
  if (compareRatios(own, least) >= 0) return ONE;
  return scale ? { num: own.num * least.den, den: own.den * least.num } : ZERO;
}

export const comparesWithNetwork = ({
  performance: { action, threshold },
  commission,
  preset,
}: Pool): boolean =>
  (action !== 'none' && threshold.kind === 'network-minus') ||
  commission.some(({ condition }) => condition?.kind === 'network-minus') ||
  preset === 'lido-csm';

/** @throws NETWORK_PERFORMANCE_MISSING when the pool compares with the network and it is not known */
export function networkFor(pool: Pool, income: PeriodIncome): Ratio | null {
  const network = income.network === null ? null : performance(income.network, pool.performance.weights);
  if (comparesWithNetwork(pool) && network === null) throw splitsError('NETWORK_PERFORMANCE_MISSING');
  return network;
}

export const incomeOf = ({ clWei, elWei }: ValidatorIncome): bigint => sum(clWei) + sum(elWei);

export function validatorLine({
  income,
  operator,
  performance,
  threshold,
  factor,
  csm,
}: Standing): ValidatorLine {
  const { num, den } = factor;
  return {
    validatorIndex: income.validatorIndex,
    pubkey: income.pubkey,
    operator,
    slots: income.slots,
    clWei: sum(income.clWei),
    elWei: sum(income.elWei),
    slashingWei: income.slashingWei,
    heldWei: income.heldWei,
    excludedWei: income.excludedWei,
    assigned: income.duties.attestations.assigned,
    included: income.duties.attestations.included,
    performance: performance === null ? null : formatRatio(performance),
    threshold: threshold === null ? null : formatRatio(threshold),
    factor: num === den ? '1' : num === 0n ? '0' : formatRatio(factor),
    csm:
      csm === undefined
        ? null
        : { key: csm.number, shares: csm.participation, rebate: csm.rebate, isStrike: csm.strike },
  };
}
