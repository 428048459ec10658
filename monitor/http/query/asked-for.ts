import type { PageRequest, Range, Scope } from '../../store/index.ts';
import { apiError } from '../api-errors.ts';
import type { MonitorView } from '../monitor-view.ts';
import { badParameter } from './parameter.ts';
import type { ValidatorName } from './parameters.ts';

const DEFAULT_LIMIT = 100;

/** @throws MONITOR_UNKNOWN_VALIDATOR, MONITOR_UNKNOWN_GROUP: an empty list would look like nothing happened */
export function scopeOf(
  asked: { readonly group?: string | undefined; readonly validators?: readonly ValidatorName[] | undefined },
  view: MonitorView,
): Scope {
  const { group, validators } = asked;
  if (group !== undefined) assertGroup(group, view);
  return {
    ...(group === undefined ? {} : { group }),
    ...(validators === undefined ? {} : { validators: validators.map((name) => indexOf(name, view)) }),
  };
}

/** @throws MONITOR_UNKNOWN_VALIDATOR */
export function indexOf(name: ValidatorName, view: MonitorView): number {
  const found =
    typeof name === 'number'
      ? view.store.knownValidator(name)
      : (view.state().watched.find(({ pubkey }) => pubkey === name) ??
        view.store.known().find(({ pubkey }) => pubkey === name));
  if (found === null || found === undefined)
    throw apiError('MONITOR_UNKNOWN_VALIDATOR', `validator ${name} is not watched and never was`);
  return found.index;
}

function assertGroup(group: string, view: MonitorView): void {
  const among = (those: readonly { readonly group: string }[]) => those.some((each) => each.group === group);
  if (!among(view.state().watched) && !among(view.store.known()))
    throw apiError('MONITOR_UNKNOWN_GROUP', `no validator is in the group ${JSON.stringify(group)}`);
}

export function pageOf(asked: {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly order?: 'newest' | 'oldest' | undefined;
}): PageRequest {
  const { limit = DEFAULT_LIMIT, cursor = null, order = 'newest' } = asked;
  return { limit, cursor, newestFirst: order === 'newest' };
}

/**
 * Both ends, as far as they were said.
 * @param unit `Epoch`, `Slot` or `Day`, as in the names of the parameters
 * @throws MONITOR_BAD_PARAMETER
 */
export function rangeOf<T extends bigint | string>(
  unit: string,
  from: T | undefined,
  to: T | undefined,
): { from?: T; to?: T } {
  if (from !== undefined && to !== undefined && from > to)
    throw badParameter(`from${unit}`, `must not be after to${unit}`);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Counting votes reads all that are not perfect, while the monitor does nothing else. */
const MAX_EPOCHS = 10_000n;

/** A range of epochs with both ends; the last day when nothing is said. @throws MONITOR_BAD_PARAMETER */
export function epochsOf(
  asked: { readonly fromEpoch?: bigint | undefined; readonly toEpoch?: bigint | undefined },
  view: MonitorView,
): Required<Range> {
  const { fromEpoch, toEpoch } = asked;
  const newest = newestEpoch(view);
  const to = toEpoch ?? (fromEpoch !== undefined && fromEpoch > newest ? fromEpoch : newest);
  const from = fromEpoch ?? dayBefore(to, view);
  rangeOf('Epoch', from, to);
  if (to - from >= MAX_EPOCHS)
    throw badParameter('fromEpoch', `is more than ${MAX_EPOCHS} epochs before the last`);
  return { from, to };
}

/** The last epoch that was written down or, before the first since the start, that could have been. */
export function newestEpoch(view: MonitorView): bigint {
  const { lastFinalEpoch, finalizedEpoch } = view.state();
  if (lastFinalEpoch !== null) return lastFinalEpoch;
  return finalizedEpoch !== null && finalizedEpoch > 2n ? finalizedEpoch - 2n : 0n;
}

/** The first of the epochs that make 24 hours up to one. */
export function dayBefore(to: bigint, view: MonitorView): bigint {
  const { slotsPerEpoch, slotDurationMs } = view.store.chain;
  const epochs = 86_400_000n / (slotsPerEpoch * slotDurationMs) || 1n;
  return to >= epochs ? to - epochs + 1n : 0n;
}
