import { DOMAIN_BUILDER_REQUEST_AUTH } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** A proposer's credentials for a request to a builder; an application domain, so no fork is mixed in. */
export const builderRequestAuth = {
  type: 'BUILDER_REQUEST_AUTH',
  payloadKey: 'builder_request_auth',
  read(payload, path) {
    const data = readVersionedData(payload, path, 'gloas');
    const { root } = decodeAndHash(ssz.gloas.BuilderRequestAuth, data, `${path}.data`);
    return { objectRoot: root, domain: { kind: 'genesis', type: DOMAIN_BUILDER_REQUEST_AUTH } };
  },
} as const satisfies MessageDefinition;
