import { DOMAIN_BEACON_BUILDER } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot, forkAtEpoch } from '../../../core/chain/chain-spec.ts';
import { isAtLeast } from '../../../core/chain/fork.ts';
import { toHex } from '../../../core/hex.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { requireMember } from '../decode/members.ts';
import { LEAD, slotsBefore } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** A builder's bid for a slot (EIP-7732); since Heze it carries the inclusion lists seen (EIP-7805). */
export const executionPayloadBid = {
  type: 'EXECUTION_PAYLOAD_BID',
  payloadKey: 'execution_payload_bid',
  read(payload, path, { spec }) {
    const data = readVersionedData(payload, path, 'gloas');
    const at = slot(parseUint64(requireMember(data, 'slot', `${path}.data`), `${path}.data.slot`));
    const epoch = epochOfSlot(spec, at);
    const { value, root } = isAtLeast(forkAtEpoch(spec, epoch).name, 'heze')
      ? decodeAndHash(ssz.heze.ExecutionPayloadBid, data, `${path}.data`)
      : decodeAndHash(ssz.gloas.ExecutionPayloadBid, data, `${path}.data`);
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_BEACON_BUILDER, epoch },
      firstFork: 'gloas',
      earliest: slotsBefore(at, LEAD.bidSlots),
      facts: { feeRecipient: toHex(value.feeRecipient), gasLimit: value.gasLimit },
    };
  },
} as const satisfies MessageDefinition;
