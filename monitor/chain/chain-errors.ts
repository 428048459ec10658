import { errorFactory } from '../../core/errors.ts';

/** Errors of what the monitor learns from blocks, committees and duties: what contradicts itself is not judged. */
export const CHAIN_ERRORS = {
  MONITOR_CHAIN_BROKEN: {
    summary: 'the blocks do not make one chain',
    hint: 'The monitor fetches them again: a reorganisation or a change of node came between. If it stays, check the beacon nodes.',
  },
  MONITOR_CHAIN_NOT_COVERED: {
    summary: 'the blocks at hand do not reach as far as the question',
    hint: 'This is a bug of Vigil: please report it with the log.',
  },
  MONITOR_BLOCK_IMPOSSIBLE: {
    summary: 'a block holds what no valid block can',
    hint: 'Check that the beacon node follows the network that Vigil is set to.',
  },
  MONITOR_COMMITTEES_IMPOSSIBLE: {
    summary: 'the committees of a beacon node contradict themselves',
    hint: 'Ask another beacon node; if it says the same, report it to the makers of the consensus client.',
  },
} as const;

export const chainError = errorFactory(CHAIN_ERRORS);
