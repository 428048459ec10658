import type { Pubkey } from '../../core/units.ts';
import { OWNER, OWNERS_ACTIONS, type AccessQuestion } from './access-policy.ts';
import type { CompiledClient, CompiledPolicy } from './compile-policy.ts';
import { ruleMismatches } from './rule-mismatches.ts';
import { POLICY_TYPES } from './type-groups.ts';

export interface Decision {
  readonly allowed: boolean;
  /** Place of the rule that decided in the file's list, from 0; null when none did. */
  readonly rule: number | null;
  readonly why: string;
}

/** The first rule that matches decides; when none does, the answer is no. */
export function judgeAccess(policy: CompiledPolicy, question: AccessQuestion & { client: string }): Decision {
  const client = policy.byName.get(question.client);
  if (client === undefined)
    return { allowed: false, rule: null, why: `there is no client ${question.client}` };
  const keyClass = 'key' in question ? (policy.classOf.get(question.key) ?? 0) : '';
  const cached = `${question.action} ${question.action === 'sign' ? question.type : ''} ${keyClass}`;
  let decision = client.decisions.get(cached);
  if (decision === undefined) {
    decision = decide(client, question);
    client.decisions.set(cached, decision);
  }
  return decision;
}

function decide({ rules }: CompiledClient, question: AccessQuestion & { client: string }): Decision {
  const first = rules.find(({ rule }) => ruleMismatches(rule, question.client, question).length === 0);
  if (first !== undefined) {
    const { index, rule } = first;
    return {
      allowed: rule.allow,
      rule: index,
      why: `rules[${index}] ${rule.allow ? 'allows' : 'denies'} it`,
    };
  }
  if (question.client === OWNER && OWNERS_ACTIONS.includes(question.action)) {
    return {
      allowed: true,
      rule: null,
      why: 'the owner of the data directory may, and no rule says otherwise',
    };
  }
  return { allowed: false, rule: null, why: 'no rule allows it' };
}

/**
 * Whether a client may do this with one key at least, or with this one in the case of some message type: what can be
 * asked before the key or the type is known.
 */
export function mayEver(
  policy: CompiledPolicy,
  name: string,
  action: 'sign' | 'list-keys' | 'commit-boost',
  key?: Pubkey,
): boolean {
  const client = policy.byName.get(name);
  if (client === undefined) return false;
  const cached = `${action} ${key === undefined ? '' : (policy.classOf.get(key) ?? 0)}`;
  let chance = client.chances.get(cached);
  if (chance === undefined) {
    const keys = key === undefined ? policy.specimens.map((one) => one ?? UNNAMED) : [key];
    chance = keys.some((one) =>
      questions(action, one).some((question) => judgeAccess(policy, { client: name, ...question }).allowed),
    );
    client.chances.set(cached, chance);
  }
  return chance;
}

/** Stands for all keys that no rule names; no rule can name it, because it is no pubkey. */
const UNNAMED = '' as Pubkey;

const questions = (action: 'sign' | 'list-keys' | 'commit-boost', key: Pubkey): AccessQuestion[] =>
  action === 'sign' ? POLICY_TYPES.map((type) => ({ action, key, type })) : [{ action, key }];
