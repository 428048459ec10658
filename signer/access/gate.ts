import type { IncomingMessage } from 'node:http';
import type { Logger } from '../../core/log/logger.ts';
import type { Pubkey } from '../../core/units.ts';
import { addressOf, type Access, type Caller } from './access.ts';
import { startFromZero, type AccessMetrics } from './access-metrics.ts';
import type { AccessQuestion, RateLimit } from './access-policy.ts';
import type { Action } from './actions.ts';
import { addressGroup } from './address-group.ts';
import { TokenBuckets } from './token-buckets.ts';

/** A request that may not go on, as the HTTP surface answers it. */
export interface Denial {
  readonly code: 'UNAUTHORIZED' | 'ACCESS_DENIED' | 'RATE_LIMITED';
  readonly message: string;
  /** Of a RATE_LIMITED: whole seconds, at least 1. */
  readonly retryAfterSeconds?: number;
}

export interface GateOptions {
  readonly access: Access;
  readonly metrics: AccessMetrics;
  readonly log: Logger;
  /** Of everybody who has no limit of their own and is known by an address only; null: none. */
  readonly addressLimit?: RateLimit | null;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

const STRANGERS_WARNINGS: RateLimit = { perSecond: 1, burst: 5 };

/**
 * Stands before the routes: who is it, not too often, and may it do this. Works on Node's own requests, so that any
 * route can use it. A denial is counted and logged here, once.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #buckets: TokenBuckets;
  readonly #warnings: TokenBuckets;

  constructor(options: GateOptions) {
    this.#options = options;
    const nowMs = options.nowMs ?? (() => performance.now());
    this.#buckets = new TokenBuckets(nowMs);
    this.#warnings = new TokenBuckets(nowMs);
    this.clientsChanged();
  }

  /** After the access file was exchanged. */
  clientsChanged(): void {
    startFromZero(this.#options.metrics, this.#options.access.clientNames);
  }

  identify(request: IncomingMessage): Caller {
    return this.#options.access.identify(request);
  }

  /**
   * What can be said before the body is read, to be asked once for each request.
   * @returns null to go on
   */
  enter(request: IncomingMessage, action: Action): Denial | null {
    const caller = this.identify(request);
    const limited = this.#limited(caller, addressOf(request), 1);
    if (limited !== null) return limited;
    if (caller.kind === 'stranger') return this.#deny(caller, action, caller.why);
    if (action === 'sign' || action === 'list-keys' || action === 'commit-boost') {
      return this.#options.access.mayEver(caller, action)
        ? null
        : this.#deny(caller, action, 'no rule allows it for any key');
    }
    return this.judge(caller, { action });
  }

  /**
   * For a request that turned out to stand for more than the one that {@link enter} charged: all of it or nothing.
   * @returns null to go on
   */
  charge(request: IncomingMessage, more: number): Denial | null {
    return more === 0 ? null : this.#limited(this.identify(request), addressOf(request), more);
  }

  /** Whether a caller that was let in may do this very thing. @returns null to go on */
  judge(caller: Caller, question: AccessQuestion): Denial | null {
    const { allowed, why } = this.#options.access.judge(caller, question);
    if (allowed) return null;
    return this.#deny(caller, question.action, why, 'key' in question ? question : {});
  }

  /** As {@link judge}, for a voluntary exit by way of the keymanager API, which was entered with its own action. */
  judgeExit(caller: Caller, key: Pubkey): Denial | null {
    const { allowed, why } = this.#options.access.judgeExit(caller, key);
    return allowed ? null : this.#deny(caller, 'sign', why, { key, type: 'VOLUNTARY_EXIT' });
  }

  /** As {@link judge}, for a key with which the caller may never do this, whatever the message type. */
  judgeKey(caller: Caller, action: 'sign' | 'commit-boost', key: Pubkey): Denial | null {
    return this.#options.access.mayEver(caller, action, key)
      ? null
      : this.#deny(caller, action, 'no rule allows it', { key });
  }

  /** As {@link judgeKey}, without a trace: for what is no request of its own. */
  couldUse(caller: Caller, action: 'sign' | 'commit-boost', key: Pubkey): boolean {
    return this.#options.access.mayEver(caller, action, key);
  }

  /** The keys that a caller may know of. */
  visible(caller: Caller, keys: readonly Pubkey[]): Pubkey[] {
    return keys.filter((key) => this.#options.access.judge(caller, { action: 'list-keys', key }).allowed);
  }

  #limited(caller: Caller, address: string, requests: number): Denial | null {
    const { access, metrics, addressLimit = null } = this.#options;
    const own = access.rateLimitOf(caller);
    // Not of whoever is known: an operator behind the address of a client that runs wild has to get through.
    const limit = own ?? (caller.kind === 'known' ? null : addressLimit);
    if (limit === null) return null;
    const who = own === null ? `address ${addressGroup(address)}` : `client ${caller.name}`;
    const waitMs = this.#buckets.take(who, limit, requests);
    if (waitMs === 0) return null;
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    metrics.rateLimited.inc({ client: own === null ? '' : caller.name });
    this.#options.log.debug({ client: caller.name, address, code: 'RATE_LIMITED' }, 'too many requests');
    return {
      code: 'RATE_LIMITED',
      message: `${who} may send ${limit.perSecond} requests per second${largest(requests, limit)}`,
      retryAfterSeconds,
    };
  }

  #deny(caller: Caller, action: Action, why: string, about: { key?: Pubkey; type?: string } = {}): Denial {
    const { metrics, log } = this.#options;
    const { key, type } = about;
    const known = caller.kind === 'known';
    metrics.denied.inc({ client: known ? caller.name : '', action });
    const code = known ? 'ACCESS_DENIED' : 'UNAUTHORIZED';
    // Whoever has no credentials must not be able to fill the disk with log lines either.
    const quiet = !known && this.#warnings.take(addressGroup(caller.name), STRANGERS_WARNINGS) > 0;
    log[quiet ? 'debug' : 'warn']({ client: caller.name, action, key, type, code, why }, 'access denied');
    if (!known) return { code, message: `this wants credentials: ${why}` };
    const what = [action, type, key === undefined ? undefined : `with key ${key}`];
    const asked = what.filter((part) => part !== undefined).join(' ');
    return { code, message: `client ${caller.name} may not ${asked}: ${why}` };
  }
}

/** A batch that no waiting makes small enough. */
const largest = (requests: number, { burst }: RateLimit): string =>
  requests < burst ? '' : `, and ${burst} at once, each key of a batch being one`;
