import { DOMAIN_APPLICATION_BUILDER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { toHex } from '../../../core/hex.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { LEAD, secondsBefore } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** A registration with the external block builders; an application domain, so no fork is mixed in. */
export const validatorRegistration = {
  type: 'VALIDATOR_REGISTRATION',
  payloadKey: 'validator_registration',
  read(payload, path, { spec }) {
    const { value, root } = decodeAndHash(ssz.bellatrix.ValidatorRegistrationV1, payload, path);
    return {
      objectRoot: root,
      domain: { kind: 'genesis', type: DOMAIN_APPLICATION_BUILDER },
      // Builders keep the latest one: of the far future it could never be replaced.
      earliest: secondsBefore(spec, BigInt(value.timestamp), LEAD.registrationSeconds),
      facts: {
        feeRecipient: toHex(value.feeRecipient),
        targetGasLimit: BigInt(value.gasLimit),
        pubkey: toHex(value.pubkey),
      },
    };
  },
} as const satisfies MessageDefinition;
