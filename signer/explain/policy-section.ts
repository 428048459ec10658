import { GATED_TYPES } from '../../core/config/gated-types.ts';
import { UINT64_MAX } from '../../core/uint64.ts';
import type { GasLimitRange } from '../policy/policy.ts';
import { POLICY_REFUSALS, type PolicyReason } from '../policy/policy-refusals.ts';
import type { RulesOfKey } from '../policy/rules-of-key.ts';
import type { ExplainSources } from './explain-sources.ts';
import type { ExplainSection, PresentRefusal } from './explanation.ts';

/** What the policy lets the key sign, and for whom. */
export function policySection({ rulesOf, indexOf }: ExplainSources): ExplainSection {
  return (pubkey) => {
    const rules = rulesOf(pubkey);
    const index = indexOf(pubkey);
    const { feeRecipients, gasLimit, targetGasLimit, allow, origins } = rules;
    return {
      id: 'policy',
      entries: {
        fee_recipients:
          feeRecipients === null
            ? 'any'
            : [...feeRecipients].map((one) => `${one} (${origins.feeRecipients})`),
        fee_recipient_of_blocks: rules.blockFeeRecipient,
        gas_limit_of_payloads: rangeText(gasLimit, origins.gasLimit),
        gas_limit_asked_of_builders: rangeText(targetGasLimit, origins.targetGasLimit),
        also_allowed: allow.size === 0 ? 'nothing' : [...allow].map((one) => `${one} (${origins.allow})`),
        validator_index: index === null ? 'not known, so it is not checked' : index.toString(),
      },
      refusals: refusalsOf(rules),
    };
  };
}

function refusalsOf(rules: RulesOfKey): PresentRefusal[] {
  const { feeRecipients, gasLimit, targetGasLimit, blockFeeRecipient, allow } = rules;
  return [
    ...GATED_TYPES.filter((type) => !allow.has(type)).map((type) => refusal(type, 'POLICY_TYPE_NOT_ALLOWED')),
    ...(feeRecipients === null ? [] : [refusal('any other fee recipient', 'POLICY_FEE_RECIPIENT')]),
    ...(gasLimit === null && targetGasLimit === null
      ? []
      : [refusal('any other gas limit', 'POLICY_GAS_LIMIT')]),
    ...(blockFeeRecipient === 'required'
      ? [refusal('blocks without a proof of their fee recipient', 'POLICY_BLOCK_UNPROVEN')]
      : []),
  ];
}

const refusal = (what: string, code: PolicyReason): PresentRefusal => ({
  what,
  code,
  why: POLICY_REFUSALS[code].summary,
  needed: POLICY_REFUSALS[code].hint,
});

function rangeText(range: GasLimitRange | null, origin: string): string {
  if (range === null) return 'any';
  const { min, max } = range;
  if (min === max) return `${min} (${origin})`;
  return `${min} to ${max === UINT64_MAX ? 'any' : max} (${origin})`;
}
