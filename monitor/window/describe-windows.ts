import type { ChainSpec } from '../../core/chain/chain-spec.ts';
import { slot } from '../../core/units.ts';
import { longestOf, type MaintenanceWindows, type SlotWindow } from './find-windows.ts';
import type { KnownDuties, SlotDuty } from './known-duties.ts';
import { LEGEND, timeline } from './timeline.ts';
import { lengthMs, lengthText, slotStartMs, timeWindow, utcTime, type TimeWindow } from './window-times.ts';

/** So many duties are listed by name; the rest is counted. */
const LISTED = 20;

export interface WindowFacts {
  readonly spec: ChainSpec;
  readonly nowMs: number;
  readonly duties: KnownDuties;
  readonly windows: MaintenanceWindows;
  /** What was asked for, and the first window that has room for it. */
  readonly wanted: { readonly minutes: number; readonly fit: TimeWindow | null } | null;
}

/** For people; all times UTC. */
export function describeWindows(facts: WindowFacts): string[] {
  const { spec, duties, windows, wanted } = facts;
  return [
    `${utcTime(facts.nowMs)} UTC, slot ${duties.nowSlot}`,
    '',
    ...timeline(spec, duties, windows),
    LEGEND,
    '',
    ...proposalLines(facts),
    ...syncLines(facts),
    '',
    `longest without proposals and sync duty: ${windowText(facts, windows.windows)}`,
    `longest without any duty:                ${windowText(facts, windows.quiet)}`,
    `longest gap between votes:               ${windowText(facts, windows.betweenAttestations)}`,
    ...(wanted === null ? [] : [fitText(wanted)]),
    '',
    `Certain until ${utcTime(slotStartMs(spec, windows.certainUntil))} UTC (slot ${windows.certainUntil}). The chain has not ` +
      'decided who proposes after that: ask again then.',
  ];
}

function proposalLines({ spec, duties }: WindowFacts): string[] {
  const line = (kind: string) => (duty: SlotDuty) =>
    `${kind} of validator ${duty.validatorIndex} at ${utcTime(slotStartMs(spec, duty.slot))}, slot ${duty.slot}`;
  const all = [
    ...duties.proposals.map(line('proposal')),
    ...duties.expectedProposals.map(line('expected proposal')),
  ];
  if (all.length === 0) return ['no proposals'];
  return all.length <= LISTED ? all : [...all.slice(0, LISTED), `and ${all.length - LISTED} more proposals`];
}

function syncLines({ spec, duties }: WindowFacts): string[] {
  if (duties.sync.length === 0)
    return [`no sync committee duty before ${utcTime(slotStartMs(spec, duties.syncUntil))}`];
  return duties.sync.map(({ startSlot, endSlot, members }) => {
    const named = members.slice(0, LISTED).map(({ validatorIndex }) => validatorIndex);
    const more = members.length > LISTED ? ` and ${members.length - LISTED} more` : '';
    const end = slotStartMs(spec, slot(endSlot + 1n));
    return `sync committee from ${utcTime(slotStartMs(spec, startSlot))} to ${utcTime(end)}: ${named.join(', ')}${more}`;
  });
}

function windowText({ spec, nowMs }: WindowFacts, windows: readonly SlotWindow[]): string {
  const longest = longestOf(windows);
  if (longest === null) return 'none';
  const times = timeWindow(spec, longest, nowMs);
  return `${lengthText(lengthMs(times))}, ${rangeText(times)}`;
}

function fitText({ minutes, fit }: NonNullable<WindowFacts['wanted']>): string {
  if (fit === null) return `${minutes} minutes: not certain to fit anywhere in what is known`;
  return `${minutes} minutes fit without proposals and sync duty: ${rangeText(fit)}`;
}

const rangeText = ({ startMs, endMs }: TimeWindow): string => `${utcTime(startMs)} to ${utcTime(endMs)}`;
