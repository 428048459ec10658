import type { MonitorState } from '../../model/monitor-state.ts';

/** Proposals that are to come, soonest first. */
export function upcomingProposals(state: MonitorState, nowMs: number) {
  const groupOf = new Map(state.watched.map(({ index, group }) => [index, group]));
  return (state.head?.proposals ?? [])
    .filter(({ result, slot }) => result === 'scheduled' && startMs(state, slot) >= nowMs)
    .map(({ validatorIndex, slot }) => ({
      validatorIndex,
      group: groupOf.get(validatorIndex) ?? 'default',
      slot,
      inSeconds: (startMs(state, slot) - nowMs) / 1000,
    }))
    .sort((one, other) => one.inSeconds - other.inSeconds);
}

/** Unix milliseconds at which a slot starts. */
export const startMs = ({ genesisTimeSeconds, slotDurationMs }: MonitorState, slot: bigint): number =>
  Number(genesisTimeSeconds) * 1000 + Number(slot) * slotDurationMs;
