import { array, object } from '../../../core/openapi/schema.ts';
import { isHeadStale } from '../../health/index.ts';
import { endpoint } from '../endpoint.ts';
import { INDEX, NUMBER, orNull, COUNT, UINT, WORD } from '../openapi/schemas.ts';
import { startMs, upcomingProposals } from '../overview/upcoming.ts';
import { scopeOf } from '../query/asked-for.ts';
import { group, validators } from '../query/parameters.ts';

const MEMBERS = orNull(array(object({ validatorIndex: INDEX, positions: COUNT })));

export const WINDOW = endpoint({
  path: '/window',
  id: 'getWindow',
  summary: 'Proposals and sync committee duty ahead, and the longest time without a proposal',
  description:
    'Nothing beyond `knownUntilSlot` is promised, and nothing at all while the head is old. Attestations are due in every epoch; `vigil monitor window` plans around them too.',
  query: { group, validators },
  answer: object({
    knownUntilSlot: orNull(UINT),
    proposals: array(object({ validatorIndex: INDEX, group: WORD, slot: UINT, inSeconds: NUMBER })),
    syncCurrent: MEMBERS,
    syncNext: MEMBERS,
    longestQuiet: orNull(object({ fromSlot: UINT, toSlot: UINT, inSeconds: NUMBER, seconds: NUMBER })),
  }),
  answerTo(view, query) {
    const state = view.state();
    const nowMs = view.nowMs();
    const scope = scopeOf(query, view);
    if (state.head === null || isHeadStale(state))
      return { knownUntilSlot: null, proposals: [], syncCurrent: null, syncNext: null, longestQuiet: null };
    const groups = new Map(state.watched.map((each) => [each.index, each.group]));
    const isMeant = (index: number): boolean =>
      (scope.group === undefined || groups.get(index) === scope.group) &&
      (scope.validators === undefined || scope.validators.includes(index));
    const members = (positions: ReadonlyMap<number, number>) =>
      [...positions]
        .filter(([index]) => isMeant(index))
        .map(([validatorIndex, count]) => ({ validatorIndex, positions: count }));
    const proposals = upcomingProposals(state, nowMs).filter(({ validatorIndex }) => isMeant(validatorIndex));
    // The head looks one epoch ahead.
    const knownUntilSlot = (state.head.slot / state.slotsPerEpoch + 2n) * state.slotsPerEpoch - 1n;
    const first = state.clockSlot + 1n;
    const quiet = longestQuiet(
      first,
      knownUntilSlot,
      proposals.map(({ slot }) => slot),
    );
    return {
      ...{ knownUntilSlot, proposals },
      syncCurrent: members(state.head.syncCurrent),
      syncNext: members(state.head.syncNext),
      longestQuiet:
        quiet === null
          ? null
          : {
              fromSlot: quiet.first,
              toSlot: quiet.last,
              inSeconds: (startMs(state, quiet.first) - nowMs) / 1000,
              seconds: (Number(quiet.last - quiet.first + 1n) * state.slotDurationMs) / 1000,
            },
    };
  },
});

/** The longest run of slots without one of these; the first of equals. Slots to avoid are ascending. */
export function longestQuiet(first: bigint, last: bigint, avoid: readonly bigint[]) {
  let best: { readonly first: bigint; readonly last: bigint } | null = null;
  let begin = first;
  for (const next of [...avoid.filter((slot) => slot >= first && slot <= last), last + 1n]) {
    if (next > begin && (best === null || next - begin > best.last - best.first + 1n))
      best = { first: begin, last: next - 1n };
    begin = next + 1n;
  }
  return best;
}
