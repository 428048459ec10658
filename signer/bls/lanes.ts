import type { MessageType } from '../messages/index.ts';
import { CAPACITY, type Lane } from './job-table.ts';

/** What a proposal hangs on, its RANDAO reveal included; everything else that is not a vote can wait. */
const PROPOSAL = new Set<MessageType>([
  'BLOCK',
  'BLOCK_V2',
  'RANDAO_REVEAL',
  'EXECUTION_PAYLOAD_BID',
  'EXECUTION_PAYLOAD_ENVELOPE',
]);

export function laneOf(type: MessageType): Lane {
  if (PROPOSAL.has(type)) return 'proposal';
  return type === 'ATTESTATION' ? 'attestation' : 'other';
}

/** What each lane may fill of the queue, so that a flood of the less urgent never keeps the more urgent out. */
export const LANE_SHARE: Readonly<Record<Lane, number>> = {
  proposal: CAPACITY,
  attestation: CAPACITY - 512,
  other: CAPACITY / 2,
};

/**
 * How much of a batch is entered at once. Votes all at once: they share one commit, and the largest batch fits. Of the
 * rest half a lane, so that single requests still find room beside it.
 */
export const BATCH_SLICE: Readonly<Record<Lane, number>> = {
  proposal: LANE_SHARE.other / 2,
  attestation: LANE_SHARE.attestation,
  other: LANE_SHARE.other / 2,
};
