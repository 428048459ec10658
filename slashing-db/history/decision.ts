import type { Pubkey, Root } from '../../core/units.ts';
import type { GuardedMessage } from '../message.ts';

/**
 * One line of the history: a signature let out or withheld, or an act of the operator (freeze, import, hand-over).
 * `type` is the message type of the remote-signing API, or the name of the act.
 */
export interface Decision {
  /** Unix time, milliseconds. */
  readonly timeMs: bigint;
  /** Who asked: the address of a client, or the person or part of Vigil that acted. */
  readonly client: string;
  /** Null for an act on the whole database. */
  readonly pubkey: Pubkey | null;
  readonly type: string;
  readonly slot: bigint | null;
  readonly source: bigint | null;
  readonly target: bigint | null;
  readonly signingRoot: Root | null;
  readonly verdict: Verdict;
  /** The refusal's reason, or the words of the operator. */
  readonly reason: string | null;
}

/** `signed` is written before the signature leaves: it may have been lost on the way, never the other way round. */
export type Verdict = 'signed' | 'refused' | 'done';

/** Who asks for a signature, and under which type of the remote-signing API. */
export interface Asked {
  readonly client: string;
  readonly type: string;
}

/** What became of a request to sign. @param message null when it was refused before it was known what it is */
export function decided(
  asked: Asked,
  pubkey: Pubkey,
  message: GuardedMessage | null,
  timeMs: bigint,
  refusal: string | null,
): Decision {
  const { client, type } = asked;
  return {
    timeMs,
    client,
    pubkey,
    type,
    slot: message?.kind === 'block' ? message.slot : null,
    source: message?.kind === 'attestation' ? message.source : null,
    target: message?.kind === 'attestation' ? message.target : null,
    signingRoot: message?.signingRoot ?? null,
    verdict: refusal === null ? 'signed' : 'refused',
    reason: refusal,
  };
}

/** Who acts where nobody in particular asked for it. */
export const ITSELF = 'vigil';

/** An act on keys or on the database, as history; what it does not concern is null. */
export function act(
  type: string,
  by: string,
  timeMs: bigint,
  about: Partial<Pick<Decision, 'pubkey' | 'slot' | 'source' | 'target' | 'reason'>> = {},
): Decision {
  return {
    timeMs,
    client: by,
    pubkey: null,
    type,
    slot: null,
    source: null,
    target: null,
    signingRoot: null,
    verdict: 'done',
    reason: null,
    ...about,
  };
}
