import type { BeaconNodes } from '../../beacon/index.ts';

/** Whoever answers calls: several nodes as one, which retry and fail over by themselves. */
export type BeaconSource = Pick<BeaconNodes, 'ask'>;
