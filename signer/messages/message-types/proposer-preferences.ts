import { DOMAIN_PROPOSER_PREFERENCES } from '@lodestar/params';
import { ssz } from '@lodestar/types';
import { epochOfSlot } from '../../../core/chain/chain-spec.ts';
import { toHex } from '../../../core/hex.ts';
import type { JsonObject } from '../../../core/json/parse-strict-json.ts';
import { slot } from '../../../core/units.ts';
import { signerError } from '../../errors.ts';
import { decodeAndHash } from '../decode/decoded-root.ts';
import { optionalMember } from '../decode/members.ts';
import { epochsBefore, LEAD } from '../earliest.ts';
import type { MessageDefinition } from '../message-definition.ts';
import { readVersionedData } from '../versioned-payload.ts';

/** What a proposer wants of bids for its slot (EIP-7732). */
export const proposerPreferences = {
  type: 'PROPOSER_PREFERENCES',
  payloadKey: 'proposer_preferences',
  read(payload, path, { spec }) {
    const data = withTargetGasLimit(readVersionedData(payload, path, 'gloas'), `${path}.data`);
    const { value, root } = decodeAndHash(ssz.gloas.ProposerPreferences, data, `${path}.data`);
    const epoch = epochOfSlot(spec, slot(BigInt(value.proposalSlot)));
    return {
      objectRoot: root,
      domain: { kind: 'fork', type: DOMAIN_PROPOSER_PREFERENCES, epoch },
      firstFork: 'gloas',
      earliest: epochsBefore(spec, epoch, LEAD.proposalEpochs),
      facts: {
        feeRecipient: toHex(value.feeRecipient),
        targetGasLimit: value.targetGasLimit,
        validatorIndex: BigInt(value.validatorIndex),
      },
    };
  },
} as const satisfies MessageDefinition;

/** The field was called `gas_limit` in earlier drafts, and clients still send that name. */
function withTargetGasLimit(data: JsonObject, path: string): JsonObject {
  const draftName = optionalMember(data, 'gas_limit');
  if (draftName === null) return data;
  const finalName = optionalMember(data, 'target_gas_limit');
  if (finalName !== null && finalName !== draftName) {
    throw signerError('MALFORMED_MESSAGE', `${path}.gas_limit and ${path}.target_gas_limit differ`);
  }
  return { ...data, target_gas_limit: draftName };
}
