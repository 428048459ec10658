import type { MessageType } from '../messages/index.ts';
import type { Lane } from './job-table.ts';

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
