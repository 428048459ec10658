import { epochOfSlot, startSlotOfEpoch, type ChainSpec } from '../../core/chain/chain-spec.ts';
import { epoch, slot, type Slot } from '../../core/units.ts';
import { longestOf, type MaintenanceWindows } from './find-windows.ts';
import type { KnownDuties } from './known-duties.ts';
import { slotStartMs, utcTime } from './window-times.ts';

export const LEGEND =
  'P proposal, p expected proposal, S sync committee, 1-9 and + votes due, . none, ? not known yet; = longest window';

/** The epochs of which votes or proposals are known, a line for each and a character for each slot. */
export function timeline(spec: ChainSpec, duties: KnownDuties, windows: MaintenanceWindows): string[] {
  const first = epochOfSlot(spec, duties.nowSlot);
  const until = duties.attestationsUntil > duties.proposalsUntil ? 'attestationsUntil' : 'proposalsUntil';
  const last = epochOfSlot(spec, slot(duties[until] - 1n));
  const longest = longestOf(windows.windows);
  const lines: string[] = [];
  for (let at = first; at <= last; at = epoch(at + 1n)) {
    const start = startSlotOfEpoch(spec, at);
    const slots = Array.from({ length: Number(spec.slotsPerEpoch) }, (_, offset) =>
      slot(start + BigInt(offset)),
    );
    const label = `epoch ${at}  ${utcTime(slotStartMs(spec, start)).slice(11)}  `;
    const marks = slots.map((each) =>
      longest !== null && each >= longest.startSlot && each <= longest.endSlot ? '=' : ' ',
    );
    lines.push(label + slots.map((each) => mark(duties, each)).join(''));
    lines.push((' '.repeat(label.length) + marks.join('')).trimEnd());
  }
  return lines;
}

function mark(duties: KnownDuties, at: Slot): string {
  if (at < duties.nowSlot) return ' ';
  const isAt = (duty: { readonly slot: Slot }): boolean => duty.slot === at;
  if (duties.proposals.some(isAt)) return 'P';
  if (duties.expectedProposals.some(isAt)) return 'p';
  if (duties.sync.some(({ startSlot, endSlot }) => startSlot <= at && at <= endSlot)) return 'S';
  const votes = duties.attestations.filter(isAt).length;
  if (votes > 9) return '+';
  if (votes > 0) return votes.toString();
  return at >= duties.proposalsUntil || at >= duties.attestationsUntil || at >= duties.syncUntil ? '?' : '.';
}
