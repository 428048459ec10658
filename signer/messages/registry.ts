import type { MessageDefinition } from './message-definition.ts';
import { aggregateAndProof, aggregateAndProofV2 } from './message-types/aggregate-and-proof.ts';
import { aggregationSlot } from './message-types/aggregation-slot.ts';
import { attestation } from './message-types/attestation.ts';
import { block, blockV2 } from './message-types/block.ts';
import { blsToExecutionChange } from './message-types/bls-to-execution-change.ts';
import { builderRequestAuth } from './message-types/builder-request-auth.ts';
import { deposit } from './message-types/deposit.ts';
import { executionPayloadBid } from './message-types/execution-payload-bid.ts';
import { executionPayloadEnvelope } from './message-types/execution-payload-envelope.ts';
import { payloadAttestationMessage } from './message-types/payload-attestation-message.ts';
import { proposerPreferences } from './message-types/proposer-preferences.ts';
import { randaoReveal } from './message-types/randao-reveal.ts';
import { syncCommitteeContributionAndProof } from './message-types/sync-committee-contribution-and-proof.ts';
import { syncCommitteeMessage } from './message-types/sync-committee-message.ts';
import { syncCommitteeSelectionProof } from './message-types/sync-committee-selection-proof.ts';
import { validatorRegistration } from './message-types/validator-registration.ts';
import { voluntaryExit } from './message-types/voluntary-exit.ts';

/** Every message type this signer knows. A new one is a file in `message-types/` and a line here. */
const REGISTRY = [
  block,
  blockV2,
  attestation,
  aggregationSlot,
  aggregateAndProof,
  aggregateAndProofV2,
  randaoReveal,
  voluntaryExit,
  deposit,
  blsToExecutionChange,
  syncCommitteeMessage,
  syncCommitteeSelectionProof,
  syncCommitteeContributionAndProof,
  validatorRegistration,
  executionPayloadBid,
  executionPayloadEnvelope,
  payloadAttestationMessage,
  proposerPreferences,
  builderRequestAuth,
] as const satisfies readonly MessageDefinition[];

export type MessageType = (typeof REGISTRY)[number]['type'];
export type RegisteredDefinition = MessageDefinition & { readonly type: MessageType };

export const DEFINITIONS: readonly RegisteredDefinition[] = REGISTRY;
export const MESSAGE_TYPES: readonly MessageType[] = REGISTRY.map(({ type }) => type);
