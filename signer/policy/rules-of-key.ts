import type { Pubkey } from '../../core/units.ts';
import type { BlockFeeRecipient, GasLimitRange, Policy, Rules } from './policy.ts';

/** What was set for a key over the keymanager API; null where nothing was. */
export interface KeySettings {
  readonly feeRecipient: string | null;
  readonly gasLimit: bigint | null;
}

/** Where a rule comes from. */
export type RuleOrigin = 'keymanager API' | 'policy for this key' | 'policy for all keys';

/** What is in force for one key. */
export interface RulesOfKey extends Rules {
  /** For what the key asks of builders; `gasLimit` is for the payloads themselves, which near it step by step. */
  readonly targetGasLimit: GasLimitRange | null;
  readonly blockFeeRecipient: BlockFeeRecipient;
  readonly origins: Readonly<Record<keyof Rules | 'targetGasLimit', RuleOrigin>>;
}

/** Of keys of which nothing in particular was said, as of most: asked for with every signature, it is the same for all. */
const ofOthers = new WeakMap<Policy, RulesOfKey>();
const NOTHING: KeySettings = { feeRecipient: null, gasLimit: null };

/** The keymanager API goes before the policy for the key, that before the policy for all keys. */
export function rulesOfKey(policy: Policy, pubkey: Pubkey, settings = NOTHING): RulesOfKey {
  const own = policy.keys.get(pubkey);
  if (own !== undefined || settings.feeRecipient !== null || settings.gasLimit !== null) {
    return rulesBy(policy, own ?? {}, settings);
  }
  let rules = ofOthers.get(policy);
  if (rules === undefined) {
    rules = rulesBy(policy, {}, NOTHING);
    ofOthers.set(policy, rules);
  }
  return rules;
}

function rulesBy(policy: Policy, own: Partial<Rules>, settings: KeySettings): RulesOfKey {
  const rules = { ...policy.general, ...own };
  const originOf = (name: keyof Rules): RuleOrigin =>
    Object.hasOwn(own, name) ? 'policy for this key' : 'policy for all keys';
  const recipient = settings.feeRecipient;
  const limit = settings.gasLimit;
  return {
    feeRecipients: recipient === null ? rules.feeRecipients : new Set([recipient.toLowerCase()]),
    gasLimit: rules.gasLimit,
    targetGasLimit: limit === null ? rules.gasLimit : { min: limit, max: limit },
    allow: rules.allow,
    blockFeeRecipient: policy.blockFeeRecipient,
    origins: {
      feeRecipients: recipient === null ? originOf('feeRecipients') : 'keymanager API',
      gasLimit: originOf('gasLimit'),
      targetGasLimit: limit === null ? originOf('gasLimit') : 'keymanager API',
      allow: originOf('allow'),
    },
  };
}
