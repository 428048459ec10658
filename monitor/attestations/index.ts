/** The door of `monitor/attestations/`: seats of the watched validators, and what became of their votes. */
export { effectivenessOf, type Effectiveness } from './classify.ts';
export { collectSeats, decidingSlot, type SeatsWanted } from './collect.ts';
export type { UndecodableAggregate, UndecodableReason } from './decode.ts';
export { judgeVotes, type EpochVotes } from './judge.ts';
export { EpochSeats } from './seats.ts';
