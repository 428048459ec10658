import type { HeadState } from '../model/monitor-state.ts';
import type { ProposalVerdict } from '../model/verdicts.ts';
import type { Series } from './series.ts';

const DECIDED = ['included', 'missed', 'orphaned', 'unknown'] as const;

/**
 * Proposals twice: as soon as the head says what became of them, and when it is final. What a re-organisation changes is
 * counted again at the head, under its new result.
 */
export function proposalCounters(series: Series) {
  const proposals = series.counter(
    'proposals_total',
    'Proposals by result: provisionally at the head, and final.',
    ['group', 'result', 'stage'],
  );
  /** By slot and validator: the results that were counted at the head, so that looking twice counts once. */
  const counted = new Map<string, Set<string>>();

  return {
    know(groups: Iterable<string>): void {
      for (const group of groups) {
        for (const result of DECIDED) {
          for (const stage of ['head', 'final']) proposals.inc({ group, result, stage }, 0);
        }
      }
    },
    head({ proposals: verdicts }: HeadState, groupOf: (index: number) => string): void {
      const present = new Set(verdicts.map(duty));
      // What left the head is final, and does not come back.
      for (const key of counted.keys()) if (!present.has(key)) counted.delete(key);
      for (const verdict of verdicts) {
        const { validatorIndex, result } = verdict;
        const results = counted.get(duty(verdict)) ?? new Set();
        counted.set(duty(verdict), results);
        if (result === 'scheduled' || results.has(result)) continue;
        results.add(result);
        proposals.inc({ group: groupOf(validatorIndex), result, stage: 'head' });
      }
    },
    final(verdicts: readonly ProposalVerdict[], groupOf: (index: number) => string): void {
      for (const { validatorIndex, result } of verdicts)
        proposals.inc({ group: groupOf(validatorIndex), result, stage: 'final' });
    },
  };
}

const duty = ({ slot, validatorIndex }: ProposalVerdict): string => `${slot.toString()} ${validatorIndex}`;
