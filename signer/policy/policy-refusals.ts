import { GATED_TYPES } from '../../core/config/gated-types.ts';
import type { MessageType } from '../messages/registry.ts';

interface Entry {
  readonly summary: string;
  readonly hint: string;
  /** The message types that can be refused for it; each has its metric from zero. */
  readonly types: readonly MessageType[];
}

const BLOCKS = ['BLOCK', 'BLOCK_V2'] as const;
const PAYLOADS = ['BLOCK_V2', 'EXECUTION_PAYLOAD_BID', 'EXECUTION_PAYLOAD_ENVELOPE'] as const;
const WISHES = ['VALIDATOR_REGISTRATION', 'PROPOSER_PREFERENCES'] as const;

/**
 * Every reason for which the policy withholds a signature, as `slashing-db/refusals.ts` has those of the guard: the
 * metric label, the log field, the `code` of the HTTP answer and the reason in the history.
 */
export const POLICY_REFUSALS = {
  POLICY_TYPE_NOT_ALLOWED: {
    summary: 'this signer does not sign this type of message for this key',
    hint: 'If you want it signed, name the type with --allow, or under allow in the policy file.',
    types: GATED_TYPES,
  },
  POLICY_FEE_RECIPIENT: {
    summary: 'the fee recipient is not one that the policy allows for this key',
    hint: 'Compare the fee recipient of the validator client with the policy (`vigil explain KEY`). A block of an external builder names the builder.',
    types: [...PAYLOADS, ...WISHES],
  },
  POLICY_GAS_LIMIT: {
    summary: 'the gas limit is not one that the policy allows for this key',
    hint: 'Compare the gas limit of the validator client and its execution client with the policy (`vigil explain KEY`).',
    types: [...PAYLOADS, ...WISHES],
  },
  POLICY_PROPOSER_INDEX: {
    summary: 'the block names another proposer than the validator of this key',
    hint: 'No chain takes such a block. The validator client mixes keys up, or its beacon node is on another chain.',
    types: BLOCKS,
  },
  POLICY_VALIDATOR_INDEX: {
    summary: 'the message names another validator than that of this key',
    hint: 'No chain takes such a message. The validator client mixes keys up, or its beacon node is on another chain.',
    types: [
      'VOLUNTARY_EXIT',
      'AGGREGATE_AND_PROOF',
      'AGGREGATE_AND_PROOF_V2',
      'SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF',
      'PROPOSER_PREFERENCES',
    ],
  },
  POLICY_OTHER_KEY: {
    summary: 'the message names another key than the one that is to sign it',
    hint: 'No builder takes such a registration. The validator client mixes keys up.',
    types: ['VALIDATOR_REGISTRATION'],
  },
  POLICY_BLOCK_UNPROVEN: {
    summary: 'the block does not show its fee recipient, and the policy wants to see it',
    hint: 'Let the validator client send proofs (Nimbus: --verifying-web3-signer-url and --proven-block-property=.execution_payload.fee_recipient), or set block-fee-recipient: checked-if-visible.',
    types: ['BLOCK_V2'],
  },
} as const satisfies Record<string, Entry>;

export type PolicyReason = keyof typeof POLICY_REFUSALS;

export const POLICY_REASONS = Object.keys(POLICY_REFUSALS) as PolicyReason[];

export interface PolicyRefusal {
  readonly kind: 'refused';
  readonly reason: PolicyReason;
  /** One sentence with the values: what was asked, what stands against it. */
  readonly detail: string;
}

export const refuseByPolicy = (reason: PolicyReason, detail: string): PolicyRefusal => ({
  kind: 'refused',
  reason,
  detail,
});
