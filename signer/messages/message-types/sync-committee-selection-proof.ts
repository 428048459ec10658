import { DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** The proof that selects a validator as aggregator of a sync subcommittee. */
export const syncCommitteeSelectionProof = {
  type: 'SYNC_COMMITTEE_SELECTION_PROOF',
  payloadKey: 'sync_aggregator_selection_data',
  read(payload, path, { spec }) {
    const { value, root } = decodeAndHash(ssz.altair.SyncAggregatorSelectionData, payload, path);
    const at = slot(BigInt(value.slot));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF, epoch: epochOfSlot(spec, at) },
      firstFork: 'altair',
    };
  },
} as const satisfies MessageDefinition;
