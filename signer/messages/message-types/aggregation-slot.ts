import { DOMAIN_SELECTION_PROOF } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeSsz } from '../decode/decode-ssz.ts';
import { requireMember, requireObject } from '../decode/members.ts';
import { epochsBefore, LEAD } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** The proof that selects a validator as aggregator: a signature over the bare slot. */
export const aggregationSlot = {
  type: 'AGGREGATION_SLOT',
  payloadKey: 'aggregation_slot',
  read(payload, path, { spec }) {
    const json = requireMember(requireObject(payload, path), 'slot', path);
    const value = decodeSsz(ssz.UintBn64, json, `${path}.slot`);
    const epoch = epochOfSlot(spec, slot(value));
    return {
      objectRoot: ssz.UintBn64.hashTreeRoot(value),
      domain: { kind: 'fork', type: DOMAIN_SELECTION_PROOF, epoch },
      earliest: epochsBefore(spec, epoch, LEAD.selectionEpochs),
    };
  },
} as const satisfies MessageDefinition;
