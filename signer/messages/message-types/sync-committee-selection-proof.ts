import { DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF, EPOCHS_PER_SYNC_COMMITTEE_PERIOD } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { epochsBefore } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** The proof that selects a validator as aggregator of a sync subcommittee. */
export const syncCommitteeSelectionProof = {
  type: 'SYNC_COMMITTEE_SELECTION_PROOF',
  payloadKey: 'sync_aggregator_selection_data',
  read(payload, path, { spec }) {
    const { value, root } = decodeAndHash(ssz.altair.SyncAggregatorSelectionData, payload, path);
    const epoch = epochOfSlot(spec, slot(BigInt(value.slot)));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF, epoch },
      firstFork: 'altair',
      // Members are known for the whole period after the present one, and some prove ahead.
      earliest: epochsBefore(spec, epoch, BigInt(EPOCHS_PER_SYNC_COMMITTEE_PERIOD)),
    };
  },
} as const satisfies MessageDefinition;
