import { DOMAIN_BEACON_BUILDER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { toHex } from '../../../core/hex.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** The payload a builder reveals for the block that took its bid (EIP-7732). */
export const executionPayloadEnvelope = {
  type: 'EXECUTION_PAYLOAD_ENVELOPE',
  payloadKey: 'execution_payload_envelope',
  read(payload, path, { spec }) {
    const data = readVersionedData(payload, path, 'gloas');
    const { value, root } = decodeAndHash(ssz.gloas.ExecutionPayloadEnvelope, data, `${path}.data`);
    const { slotNumber, feeRecipient, gasLimit } = value.payload;
    const at = slot(BigInt(slotNumber));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_BEACON_BUILDER, epoch: epochOfSlot(spec, at) },
      firstFork: 'gloas',
      earliest: at,
      facts: { feeRecipient: toHex(feeRecipient), gasLimit: BigInt(gasLimit) },
    };
  },
} as const satisfies MessageDefinition;
