import { DOMAIN_PTC_ATTESTER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** The vote of a payload timeliness committee member; not slashable (EIP-7732). */
export const payloadAttestationMessage = {
  type: 'PAYLOAD_ATTESTATION_MESSAGE',
  payloadKey: 'payload_attestation_message',
  read(payload, path, { spec }) {
    const data = readVersionedData(payload, path, 'gloas');
    const { value, root } = decodeAndHash(ssz.gloas.PayloadAttestationData, data, `${path}.data`);
    const at = slot(BigInt(value.slot));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_PTC_ATTESTER, epoch: epochOfSlot(spec, at) },
      firstFork: 'gloas',
      earliest: at,
    };
  },
} as const satisfies MessageDefinition;
