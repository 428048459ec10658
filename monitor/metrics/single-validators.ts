import type { ValidatorState } from '../../beacon/index.ts';
import { isHeadStale } from '../health/index.ts';
import type { EpochRecord } from '../model/epoch-record.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import { ATTESTATION_RESULTS } from '../model/verdicts.ts';
import type { Series } from './series.ts';

/** Series per validator, for few of them only: a series costs Prometheus memory for as long as it lives. */
export function singleValidators(
  series: Series,
  limit: number,
  statusOf: (validatorIndex: number) => ValidatorState | null,
) {
  const labels = ['index', 'group'] as const;
  const balance = series.gauge('validator_balance_gwei', 'Balance of one validator, as last seen.', labels);
  const inRow = series.gauge(
    'validator_missing_in_row',
    'Epochs in a row in which the vote of one validator is in no block; none while the head is old.',
    labels,
  );
  const votes = series.counter('validator_attestations_total', 'Votes of one validator, final.', [
    ...labels,
    'result',
  ]);
  let known = new Map<number, string>();

  return {
    update(state: MonitorState): void {
      balance.reset();
      inRow.reset();
      const watched = state.watched.length <= limit ? state.watched : [];
      const now = new Map(watched.map(({ index, group }) => [index, group]));
      for (const [index, group] of known) {
        if (now.get(index) === group) continue;
        for (const result of ATTESTATION_RESULTS) votes.remove({ index: `${index}`, group, result });
      }
      for (const { index, group } of watched) {
        if (known.get(index) === group) continue;
        for (const result of ATTESTATION_RESULTS) votes.inc({ index: `${index}`, group, result }, 0);
      }
      known = now;
      const head = isHeadStale(state) ? null : state.head;
      for (const { index, group } of watched) {
        const at = { index: `${index}`, group };
        const status = statusOf(index);
        if (status !== null) balance.set(at, Number(status.balanceGwei));
        if (head !== null) inRow.set(at, head.missedInRow.get(index) ?? 0);
      }
    },
    final({ attestations }: EpochRecord): void {
      for (const { validatorIndex, result } of attestations) {
        const group = known.get(validatorIndex);
        if (group !== undefined) votes.inc({ index: `${validatorIndex}`, group, result });
      }
    },
  };
}
