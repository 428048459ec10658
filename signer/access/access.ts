import type { IncomingMessage } from 'node:http';
import type { Pubkey } from '../../core/units.ts';
import type { AccessQuestion, RateLimit } from './access-policy.ts';
import type { Decision } from './judge-access.ts';

/** Who sends a request. */
export type Caller =
  /** By credentials. */
  | { readonly kind: 'known'; readonly name: string }
  /** By nothing but its address, which is enough for what needs no credentials. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Not let in; `why` may be told. */
  | { readonly kind: 'stranger'; readonly name: string; readonly why: string };

/** Who may do what. Two implementations: `open-access.ts` without an access file, `policy-access.ts` with one. */
export interface Access {
  identify(request: IncomingMessage): Caller;
  judge(caller: Caller, question: AccessQuestion): Decision;
  /**
   * Whether a caller may have this key sign a voluntary exit by way of the keymanager API; that it may use that API is
   * judged by its own action.
   */
  judgeExit(caller: Caller, key: Pubkey): Decision;
  /** For a keyed action before key or type are known: whether the answer could be yes at all. */
  mayEver(caller: Caller, action: 'sign' | 'list-keys' | 'commit-boost', key?: Pubkey): boolean;
  /** Null: none of its own. */
  rateLimitOf(caller: Caller): RateLimit | null;
  /** Names that the metrics should know from the start. */
  readonly clientNames: readonly string[];
}

/** The address of the other end, as the history and the rate limits have it. */
export const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';
