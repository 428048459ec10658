import { isGatedType } from '../../core/config/gated-types.ts';
import type { Pubkey } from '../../core/units.ts';
import type { MessageFacts } from '../messages/message-facts.ts';
import type { SignRequest } from '../messages/parse-sign-request.ts';
import type { GasLimitRange } from './policy.ts';
import { refuseByPolicy, type PolicyRefusal } from './policy-refusals.ts';
import type { RulesOfKey } from './rules-of-key.ts';

/**
 * Why a message must not be signed, or null. Pure. It says nothing about slashing: the guard judges what passes.
 * @param ownIndex the validator index of the key; null when it is not known, then none is checked
 * @param ownKey the key that is to sign
 */
export function judge(
  { type, facts }: Pick<SignRequest, 'type' | 'facts'>,
  rules: RulesOfKey,
  ownIndex: bigint | null,
  ownKey: Pubkey,
): PolicyRefusal | null {
  if (isGatedType(type) && !rules.allow.has(type)) {
    return refuseByPolicy('POLICY_TYPE_NOT_ALLOWED', `${type} is not allowed`);
  }
  return (
    judgeIndex(type, facts, ownIndex) ??
    judgeFeeRecipient(facts, rules) ??
    judgeGasLimits(facts, rules) ??
    judgeKey(facts, ownIndex, ownKey)
  );
}

/** Only of a key that the chain knows: a share of a distributed validator signs what names the whole of it. */
function judgeKey(
  { pubkey: named }: MessageFacts,
  ownIndex: bigint | null,
  own: Pubkey,
): PolicyRefusal | null {
  if (named === undefined || ownIndex === null || named === own) return null;
  return refuseByPolicy('POLICY_OTHER_KEY', `the message names ${named}, it is to be signed by ${own}`);
}

function judgeIndex(
  type: SignRequest['type'],
  { validatorIndex: named }: MessageFacts,
  own: bigint | null,
): PolicyRefusal | null {
  if (named === undefined || own === null || named === own) return null;
  const block = type === 'BLOCK' || type === 'BLOCK_V2';
  const reason = block ? 'POLICY_PROPOSER_INDEX' : 'POLICY_VALIDATOR_INDEX';
  return refuseByPolicy(reason, `the message names validator ${named}, the key is validator ${own}`);
}

function judgeFeeRecipient(facts: MessageFacts, rules: RulesOfKey): PolicyRefusal | null {
  const { feeRecipients: allowed, blockFeeRecipient } = rules;
  const { feeRecipient, provesFeeRecipient, feeRecipientHidden } = facts;
  if (feeRecipient !== undefined) {
    if (allowed === null || allowed.has(feeRecipient)) return null;
    return refuseByPolicy('POLICY_FEE_RECIPIENT', `${feeRecipient} is not among the ${allowed.size} allowed`);
  }
  if (provesFeeRecipient !== undefined && allowed !== null) {
    if ([...allowed].some(provesFeeRecipient)) return null;
    return refuseByPolicy(
      'POLICY_FEE_RECIPIENT',
      `the proof that came along is of none of the ${allowed.size} allowed`,
    );
  }
  // A proof without a value proves nothing where nobody is named that it could be of.
  const unseen = feeRecipientHidden === true || provesFeeRecipient !== undefined;
  if (!unseen || blockFeeRecipient !== 'required') return null;
  const what = provesFeeRecipient === undefined ? 'no proof came along' : 'the proof names nobody';
  return refuseByPolicy('POLICY_BLOCK_UNPROVEN', what);
}

function judgeGasLimits(facts: MessageFacts, rules: RulesOfKey): PolicyRefusal | null {
  return (
    judgeGasLimit(facts.gasLimit, rules.gasLimit) ?? judgeGasLimit(facts.targetGasLimit, rules.targetGasLimit)
  );
}

function judgeGasLimit(named: bigint | undefined, range: GasLimitRange | null): PolicyRefusal | null {
  if (named === undefined || range === null) return null;
  if (named >= range.min && named <= range.max) return null;
  return refuseByPolicy('POLICY_GAS_LIMIT', `${named} is not from ${range.min} to ${range.max}`);
}
