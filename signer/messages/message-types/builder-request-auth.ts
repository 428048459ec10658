import { DOMAIN_BUILDER_REQUEST_AUTH } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { epochsBefore, LEAD } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** A proposer's credentials for a request to a builder; an application domain, so no fork is mixed in. */
export const builderRequestAuth = {
  type: 'BUILDER_REQUEST_AUTH',
  payloadKey: 'builder_request_auth',
  read(payload, path, { spec }) {
    const data = readVersionedData(payload, path, 'gloas');
    const { value, root } = decodeAndHash(ssz.gloas.BuilderRequestAuth, data, `${path}.data`);
    const epoch = epochOfSlot(spec, slot(BigInt(value.slot)));
    return {
      objectRoot: root,
      domain: { kind: 'genesis', type: DOMAIN_BUILDER_REQUEST_AUTH },
      earliest: epochsBefore(spec, epoch, LEAD.proposalEpochs),
    };
  },
} as const satisfies MessageDefinition;
