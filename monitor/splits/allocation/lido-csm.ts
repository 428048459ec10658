import type { CsmParameters } from '../config/pool.ts';
import { ONE } from '../income/duties.ts';
import { CSM_DEFAULTS, csmFrame, csmKeys, type CsmParametersOf } from '../presets/lido-csm.ts';
import { networkFor, type Standing } from '../split/standing.ts';
import { effectiveEth } from '../split/weights.ts';
import type { AllocationInputs } from './allocation.ts';
import { add, type Gifts } from './to-operators.ts';

/** Lido's Community Staking Module: participation shares of the keys that did well enough, floors, rebate. */
export function lidoCsm(amountWei: bigint, { pool, income, standings }: AllocationInputs): Gifts {
  const network = networkFor(pool, income) ?? ONE;
  const parameters = withDefaults(pool.csm);
  const byOperator = new Map<string, Standing[]>();
  for (const standing of standings) {
    const own = byOperator.get(standing.operator ?? '');
    if (own === undefined) byOperator.set(standing.operator ?? '', [standing]);
    else own.push(standing);
  }
  const weights = new Map<string, bigint>();
  let rebate = 0n;
  for (const [operator, own] of byOperator) {
    const keys = own.map(({ income: key, performance }) => ({
      validatorIndex: key.validatorIndex,
      effectiveEth: effectiveEth(key),
      assigned: key.duties.attestations.assigned,
      performance,
      slashed: key.slashingWei < 0n,
    }));
    for (const outcome of csmKeys(keys, network, parameters).values()) {
      add(weights, operator, outcome.participation);
      rebate += outcome.rebate;
    }
  }
  return { weights, sharesWei: csmFrame(amountWei, weights, rebate).operatorsWei };
}

const withDefaults = ({ rewardShare, leeway }: CsmParameters): CsmParametersOf => ({
  rewardShare: rewardShare.length === 0 ? CSM_DEFAULTS.rewardShare : rewardShare,
  leeway: leeway.length === 0 ? CSM_DEFAULTS.leeway : leeway,
});
