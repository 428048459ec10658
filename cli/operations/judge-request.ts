import type { ValidatorState } from '../../beacon/index.ts';
import { forkAtEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../core/chain/fork.ts';
import type { Epoch } from '../../core/units.ts';
import { isCompounding, senderOf } from './source-validator.ts';

/** What the chain makes of requests of the execution layer at all: their contracts are older than what reads them. */
export function judgeFork({ spec, currentEpoch }: { spec: ChainSpec; currentEpoch: Epoch }): string[] {
  const { name } = forkAtEpoch(spec, currentEpoch);
  return isAtLeast(name, 'electra') ? [] : [`the chain is in ${name}, and follows no request before electra`];
}

/**
 * For what `process_consolidation_request` (Electra) would pass a consolidation over in silence, or, where source and target
 * are the same, a change to compounding. That it comes from the address of the source is for who sends it.
 * @param leaving what keeps the source from leaving now
 */
export function judgeConsolidation(
  source: ValidatorState,
  target: ValidatorState,
  leaving: readonly string[],
): string[] {
  const problems = senderOf(source) === null ? ['the credentials of the source name no address'] : [];
  if (source === target) {
    if (source.status !== 'active_ongoing') problems.push(`it is ${source.status}`);
    if (isCompounding(source)) problems.push('it is compounding already');
    return problems;
  }
  problems.push(...leaving.map((problem) => `source: ${problem}`));
  if (target.status !== 'active_ongoing') problems.push(`target: it is ${target.status}`);
  if (!isCompounding(target)) problems.push('target: it is not compounding (0x02)');
  return problems;
}
