import type { IncomingMessage } from 'node:http';
import type { Pubkey } from '../../core/units.ts';
import { addressOf, type Access, type Caller } from './access.ts';
import type { AccessPolicy, AccessQuestion, RateLimit } from './access-policy.ts';
import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';
import { identifyClient } from './identify-client.ts';
import { judgeExit } from './judge-exit.ts';
import { judgeAccess, mayEver, type Decision } from './judge-access.ts';
import { peerCertificateOf } from './peer-certificate.ts';
import { perConnection } from './per-connection.ts';

/** Access by an access file, which can be exchanged while requests come in. */
export class PolicyAccess implements Access {
  readonly #ownersToken: string;
  readonly identify: (request: IncomingMessage) => Caller;
  #policy: CompiledPolicy;
  #limits: ReadonlyMap<string, RateLimit | null>;

  /** @throws ACCESS_FILE_INVALID */
  constructor(policy: AccessPolicy, ownersToken: string) {
    this.#ownersToken = ownersToken;
    this.#policy = compilePolicy(policy, ownersToken);
    this.#limits = limitsOf(policy);
    this.identify = perConnection(
      (request) => this.#identify(request),
      () => this.#policy,
    );
  }

  /** From the next request on, also on open connections. @throws ACCESS_FILE_INVALID; then nothing changes */
  replace(policy: AccessPolicy): void {
    this.#policy = compilePolicy(policy, this.#ownersToken);
    this.#limits = limitsOf(policy);
  }

  get policy(): CompiledPolicy {
    return this.#policy;
  }

  get clientNames(): readonly string[] {
    return this.#policy.clients.map(({ name }) => name);
  }

  judge({ kind, name }: Caller, question: AccessQuestion): Decision {
    if (kind !== 'known') return NO_CLIENT;
    return judgeAccess(this.#policy, { client: name, ...question });
  }

  judgeExit({ kind, name }: Caller, key: Pubkey): Decision {
    if (kind !== 'known') return NO_CLIENT;
    return judgeExit(this.#policy, name, key).sign;
  }

  mayEver({ kind, name }: Caller, action: 'sign' | 'list-keys' | 'commit-boost', key?: Pubkey): boolean {
    return kind === 'known' && mayEver(this.#policy, name, action, key);
  }

  rateLimitOf({ kind, name }: Caller): RateLimit | null {
    return kind === 'known' ? (this.#limits.get(name) ?? null) : null;
  }

  #identify(request: IncomingMessage): Caller {
    const identity = identifyClient(this.#policy.clients, request.headers, peerCertificateOf(request.socket));
    return identity.kind === 'client'
      ? { kind: 'known', name: identity.name }
      : { kind: 'stranger', name: addressOf(request), why: identity.why };
  }
}

const NO_CLIENT: Decision = { allowed: false, rule: null, why: 'it is no client' };

const limitsOf = ({ clients }: AccessPolicy): Map<string, RateLimit | null> =>
  new Map(clients.map(({ name, rateLimit }) => [name, rateLimit]));
