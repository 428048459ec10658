import type { EpochRecord } from '../model/epoch-record.ts';
import type { AttestationVerdict } from '../model/verdicts.ts';
import { missedRatio, networkVotes } from '../health/index.ts';
import { setOrEnd, type Series } from './series.ts';

/** Of the last final epoch. An epoch that was repaired later changes nothing here. */
export function finalGauges(series: Series) {
  const effectiveness = series.gauge(
    'attestation_effectiveness',
    'Mean of 1 / blocks from vote to inclusion over the votes of the last final epoch, missed ones 0, weighted by effective balance.',
    ['group'],
  );
  const missed = series.gauge(
    'final_attestation_missed_ratio',
    'Share of votes of the last final epoch that are in no block, weighted by effective balance.',
    ['group'],
  );
  const network = series.gauge(
    'network_final_attestation_missed_ratio',
    'Share of votes of the whole network in the last final epoch that are in no block.',
  );
  const participation = series.gauge(
    'sync_network_participation_ratio',
    'Share of bits set by the whole sync committee in the last final epoch; known while one of ours is in it.',
  );
  const residual = series.gauge(
    'residual_gwei',
    'What balances did in the last final epoch that nothing explains, without signs; must be 0.',
    ['group'],
  );
  let newest = -1n;

  return (record: EpochRecord, groups: ReadonlySet<string>, groupOf: (index: number) => string): void => {
    if (record.epoch < newest) return;
    newest = record.epoch;
    for (const gauge of [effectiveness, missed, residual]) gauge.reset();
    const weights = new Map(record.parts.map((part) => [part.validatorIndex, part.effectiveBalanceGwei]));
    const votes = Map.groupBy(record.attestations, ({ validatorIndex }) => groupOf(validatorIndex));
    for (const [group, verdicts] of votes) {
      const mean = weighted(verdicts, weights);
      if (mean === null) continue;
      effectiveness.set({ group }, mean.effectiveness);
      missed.set({ group }, mean.missed);
    }
    const everybody = networkVotes(record.network);
    setOrEnd(network, everybody === null ? null : missedRatio(everybody));
    // Everybody's tally tells of the same committee and the same blocks.
    const [tally] = record.sync;
    const known = tally !== undefined && tally.committeeDue > 0;
    setOrEnd(participation, known ? tally.committeeHit / tally.committeeDue : null);
    for (const group of groups) residual.set({ group }, 0);
    for (const { validatorIndex, residualGwei } of record.parts)
      residual.inc({ group: groupOf(validatorIndex) }, Math.abs(Number(residualGwei)));
  };
}

/** By effective balance or, where the balance of one of them is not known, each vote like any other. */
export function weighted(
  verdicts: readonly AttestationVerdict[],
  balances: ReadonlyMap<number, bigint>,
): { readonly effectiveness: number; readonly missed: number } | null {
  const known = verdicts.filter(({ result }) => result !== 'unknown');
  const complete = known.every(({ validatorIndex }) => (balances.get(validatorIndex) ?? 0n) > 0n);
  let [total, effective, missed] = [0, 0, 0];
  for (const { validatorIndex, result, inclusion } of known) {
    const weight = complete ? Number(balances.get(validatorIndex)) : 1;
    total += weight;
    if (result === 'missed') missed += weight;
    if (inclusion !== null) effective += weight / inclusion.optimalDistance;
  }
  return total === 0 ? null : { effectiveness: effective / total, missed: missed / total };
}
