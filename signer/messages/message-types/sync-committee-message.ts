import { DOMAIN_SYNC_COMMITTEE } from '@lodestar/params';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { fromHex } from '../../../core/hex.ts';
import { parseUint64 } from '../../../core/uint64.ts';
import { slot } from '../../../core/units.ts';
import { requireMember, requireObject } from '../decode/members.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** A sync committee member's vote: only the block root is signed, the slot merely chooses the domain. */
export const syncCommitteeMessage = {
  type: 'SYNC_COMMITTEE_MESSAGE',
  payloadKey: 'sync_committee_message',
  read(payload, path, { spec }) {
    const object = requireObject(payload, path);
    const blockRootPath = `${path}.beacon_block_root`;
    const blockRoot = fromHex(requireMember(object, 'beacon_block_root', path), blockRootPath, 32);
    const at = slot(parseUint64(requireMember(object, 'slot', path), `${path}.slot`));
    return {
      // The hash_tree_root of 32 bytes is these bytes.
      objectRoot: blockRoot,
      domain: { kind: 'fork', type: DOMAIN_SYNC_COMMITTEE, epoch: epochOfSlot(spec, at) },
      firstFork: 'altair',
      earliest: at,
    };
  },
} as const satisfies MessageDefinition;
