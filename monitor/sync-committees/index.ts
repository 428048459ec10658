/** The door of `monitor/sync-committees/`: who serves, and what they did. */
export { SyncCommittees } from './collect.ts';
export { syncSeats, type SyncSeats } from './positions.ts';
export { tallySync } from './tally.ts';
