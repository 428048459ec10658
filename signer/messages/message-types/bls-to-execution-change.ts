import { DOMAIN_BLS_TO_EXECUTION_CHANGE } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';

/**
 * Turns BLS withdrawal credentials into an execution address, once and for ever. It is signed with the withdrawal
 * key, so `validator_index` says nothing about the signing key.
 */
export const blsToExecutionChange = {
  type: 'BLS_TO_EXECUTION_CHANGE',
  payloadKey: 'bls_to_execution_change',
  read(payload, path) {
    const { root } = decodeAndHash(ssz.capella.BLSToExecutionChange, payload, path);
    return {
      objectRoot: root,
      guarded: (signingRoot) => ({ kind: 'unslashable', signingRoot, irrevocable: true }),
      domain: { kind: 'genesis', type: DOMAIN_BLS_TO_EXECUTION_CHANGE, bound: true },
    };
  },
} as const satisfies MessageDefinition;
