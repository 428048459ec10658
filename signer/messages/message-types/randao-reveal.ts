import { DOMAIN_RANDAO } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epoch } from '../../../core/units.ts';
import { decodeSsz } from '../decode/decode-ssz.ts';
import { requireMember, requireObject } from '../decode/members.ts';
import { epochsBefore, LEAD } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** A proposer's contribution to the randomness: a signature over the bare epoch. */
export const randaoReveal = {
  type: 'RANDAO_REVEAL',
  payloadKey: 'randao_reveal',
  read(payload, path, { spec }) {
    const json = requireMember(requireObject(payload, path), 'epoch', path);
    const value = decodeSsz(ssz.UintBn64, json, `${path}.epoch`);
    return {
      objectRoot: ssz.UintBn64.hashTreeRoot(value),
      domain: { kind: 'fork', type: DOMAIN_RANDAO, epoch: epoch(value) },
      earliest: epochsBefore(spec, epoch(value), LEAD.randaoEpochs),
    };
  },
} as const satisfies MessageDefinition;
