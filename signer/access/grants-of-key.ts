import type { Pubkey } from '../../core/units.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { judgeAccess } from './judge-access.ts';
import { judgeExit } from './judge-exit.ts';
import { POLICY_TYPES, type PolicyType } from './type-groups.ts';

/** That a client may do something with a key. */
export interface Grant {
  readonly client: string;
  /** Place of the rule in the file's list, from 0; null for what the owner may without one. */
  readonly rule: number | null;
}

export interface SignGrant extends Grant {
  readonly types: readonly PolicyType[];
}

/** That a client gets exits over the keymanager API; the other rule is the one that lets it write there. */
export interface ExitGrant extends Grant {
  readonly writeRule: number | null;
}

export interface GrantsOfKey {
  /** One for each client and rule. */
  readonly sign: readonly SignGrant[];
  readonly listKeys: readonly Grant[];
  readonly commitBoost: readonly Grant[];
  readonly exits: readonly ExitGrant[];
}

/** Which clients may ask what of a key: every question that they could send, put to the judge of the real ones. */
export function grantsOfKey(policy: CompiledPolicy, key: Pubkey): GrantsOfKey {
  const clients = policy.clients.map(({ name }) => name);
  const granted = (action: 'list-keys' | 'commit-boost'): Grant[] =>
    clients.flatMap((client) => {
      const { allowed, rule } = judgeAccess(policy, { client, action, key });
      return allowed ? [{ client, rule }] : [];
    });
  return {
    sign: clients.flatMap((client) => signGrants(policy, client, key)),
    listKeys: granted('list-keys'),
    commitBoost: granted('commit-boost'),
    exits: clients.flatMap((client) => {
      const { write, sign } = judgeExit(policy, client, key);
      return write.allowed && sign.allowed ? [{ client, rule: sign.rule, writeRule: write.rule }] : [];
    }),
  };
}

function signGrants(policy: CompiledPolicy, client: string, key: Pubkey): SignGrant[] {
  const byRule = new Map<number | null, PolicyType[]>();
  for (const type of POLICY_TYPES) {
    const { allowed, rule } = judgeAccess(policy, { client, action: 'sign', key, type });
    if (allowed) byRule.set(rule, [...(byRule.get(rule) ?? []), type]);
  }
  const inOrder = [...byRule].sort(([one], [other]) => (one ?? -1) - (other ?? -1));
  return inOrder.map(([rule, types]) => ({ client, rule, types }));
}
