import { VALIDATOR_STATUSES, type ValidatorState } from '../../beacon/index.ts';
import type { MonitorState } from '../model/monitor-state.ts';
import type { WatchedValidator } from '../model/watched-validator.ts';
import { byGroup, type Series } from './series.ts';

export interface ValidatorSources {
  /** The state of a validator as it was last seen. */
  readonly statusOf: (validatorIndex: number) => ValidatorState | null;
  /** Blocks that paid nobody knows what, by group. */
  readonly unresolvedBlocks: () => ReadonlyMap<string, number>;
}

const ACTIVE: ReadonlySet<string> = new Set(['active_ongoing', 'active_exiting', 'active_slashed']);

/** What the watched validators are and have. Read from the database once an epoch: it changes no more often. */
export function validatorGauges(series: Series, sources: ValidatorSources) {
  const validators = series.gauge(
    'validators',
    'Watched validators by status, in the words of the Beacon API; `unknown` before their first final epoch.',
    ['group', 'status'],
  );
  const active = series.gauge('validators_active', 'Watched validators that have duties.', ['group']);
  const slashed = series.gauge('validators_slashed', 'Watched validators that are slashed, final.', [
    'group',
  ]);
  const effective = series.gauge(
    'effective_balance_gwei',
    'Effective balances at the last final epoch, added up.',
    ['group'],
  );
  const balance = series.gauge('balance_gwei', 'Balances at the last final epoch, added up.', ['group']);
  const unresolved = series.gauge(
    'execution_unresolved_blocks',
    'Included blocks of which no source could say what they paid.',
    ['group'],
  );
  let shown: readonly unknown[] = [];

  return (state: MonitorState, groups: ReadonlySet<string>): void => {
    const { watched, lastFinalEpoch, clockSlot, slotsPerEpoch } = state;
    const now = [watched, lastFinalEpoch, clockSlot / slotsPerEpoch];
    if (now.every((part, at) => part === shown[at])) return;
    shown = now;
    for (const gauge of [validators, active, slashed, effective, balance, unresolved]) gauge.reset();
    const seen = watched.map((validator) => ({ validator, status: sources.statusOf(validator.index) }));
    const sum = (amount: (status: ValidatorState) => number): Map<string, number> =>
      byGroup(
        groups,
        seen,
        ({ validator }) => validator.group,
        ({ status }) => (status === null ? 0 : amount(status)),
      );
    for (const group of groups) {
      for (const status of [...VALIDATOR_STATUSES, 'unknown']) validators.set({ group, status }, 0);
    }
    for (const { validator, status } of seen)
      validators.inc({ group: validator.group, status: status?.status ?? 'unknown' });
    for (const [group, count] of sum(({ status }) => (ACTIVE.has(status) ? 1 : 0)))
      active.set({ group }, count);
    for (const [group, count] of sum((status) => (status.slashed ? 1 : 0))) slashed.set({ group }, count);
    for (const [group, gwei] of sum((status) => Number(status.effectiveBalanceGwei)))
      effective.set({ group }, gwei);
    for (const [group, gwei] of sum((status) => Number(status.balanceGwei))) balance.set({ group }, gwei);
    for (const group of groups) unresolved.set({ group }, 0);
    for (const [group, blocks] of sources.unresolvedBlocks()) unresolved.set({ group }, blocks);
  };
}

export const groupsOf = (watched: readonly WatchedValidator[]): ReadonlySet<string> =>
  new Set(watched.map(({ group }) => group));
