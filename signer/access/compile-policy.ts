import { createHash } from 'node:crypto';
import type { Pubkey } from '../../core/units.ts';
import { accessError } from './access-errors.ts';
import { OWNER, type AccessClient, type AccessPolicy, type AccessRule } from './access-policy.ts';
import type { Decision } from './judge-access.ts';
import { concerns } from './rule-mismatches.ts';

/** A policy made ready for the path of a request. */
export interface CompiledPolicy extends AccessPolicy {
  /** What is known of each client once and for all. */
  readonly byName: ReadonlyMap<string, CompiledClient>;
  /**
   * Keys that the same rules name are alike to every rule, so decisions are kept per class and not per key: the cache
   * cannot grow with the keys that somebody asks for. Keys that no rule names are class 0.
   */
  readonly classOf: ReadonlyMap<Pubkey, number>;
  /** A key of each class; null where there is none. */
  readonly specimens: readonly (Pubkey | null)[];
}

export interface CompiledClient {
  readonly rules: readonly { readonly index: number; readonly rule: AccessRule }[];
  readonly decisions: Map<string, Decision>;
  readonly chances: Map<string, boolean>;
}

/**
 * @param ownersToken content of api-token.txt
 * @throws ACCESS_FILE_INVALID when a client has the owner's token
 */
export function compilePolicy(policy: AccessPolicy, ownersToken: string): CompiledPolicy {
  const digest = createHash('sha256').update(ownersToken).digest();
  const double = policy.clients.find(({ tokenDigest }) => tokenDigest !== null && digest.equals(tokenDigest));
  if (double !== undefined) {
    throw accessError(
      'ACCESS_FILE_INVALID',
      `client ${double.name} has the token of api-token.txt, which is the owner's`,
    );
  }
  const owner: AccessClient = { name: OWNER, tokenDigest: digest, certificate: null, rateLimit: null };
  const clients = [...policy.clients, owner];
  const compiled = clients.map(({ name }): [string, CompiledClient] => [
    name,
    { rules: rulesOf(policy, name), decisions: new Map(), chances: new Map() },
  ]);
  return { clients, rules: policy.rules, byName: new Map(compiled), ...keyClasses(policy.rules) };
}

const rulesOf = (policy: AccessPolicy, name: string) =>
  policy.rules.map((rule, index) => ({ index, rule })).filter(({ rule }) => concerns(rule, name));

function keyClasses(rules: readonly AccessRule[]): Pick<CompiledPolicy, 'classOf' | 'specimens'> {
  const namedBy = new Map<Pubkey, number[]>();
  for (const [index, { keys }] of rules.entries()) {
    for (const key of keys ?? []) {
      const indices = namedBy.get(key);
      if (indices === undefined) namedBy.set(key, [index]);
      else indices.push(index);
    }
  }
  const classes = new Map<string, number>();
  const classOf = new Map<Pubkey, number>();
  const specimens: (Pubkey | null)[] = [null];
  for (const [key, indices] of namedBy) {
    const members = indices.join();
    let number = classes.get(members);
    if (number === undefined) {
      number = specimens.push(key) - 1;
      classes.set(members, number);
    }
    classOf.set(key, number);
  }
  return { classOf, specimens };
}
