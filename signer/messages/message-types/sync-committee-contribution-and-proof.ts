import { DOMAIN_CONTRIBUTION_AND_PROOF } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { slot } from '../../../core/units.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import type { MessageDefinition } from '../message-definition.ts';

/** The votes of a sync subcommittee, put together by its aggregator. */
export const syncCommitteeContributionAndProof = {
  type: 'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
  payloadKey: 'contribution_and_proof',
  read(payload, path, { spec }) {
    const { value, root } = decodeAndHash(ssz.altair.ContributionAndProof, payload, path);
    const at = slot(BigInt(value.contribution.slot));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_CONTRIBUTION_AND_PROOF, epoch: epochOfSlot(spec, at) },
      firstFork: 'altair',
      earliest: at,
      facts: { validatorIndex: BigInt(value.aggregatorIndex) },
    };
  },
} as const satisfies MessageDefinition;
