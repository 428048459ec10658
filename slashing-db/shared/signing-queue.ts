import type { Pubkey } from '../../core/units.ts';
import type { Asked } from '../history/decision.ts';
import type { Judgement } from '../judge-message.ts';
import type { GuardedMessage } from '../message.ts';
import { refuse, type Refusal } from '../refusals.ts';
import { isSameKnownRoot, knownRoot } from '../rules/known-root.ts';
import type { KeyClaim } from '../storage/sharing-port.ts';

/** A request whose record the database has yet to take. */
export interface Waiting {
  readonly pubkey: Pubkey;
  readonly message: GuardedMessage;
  readonly asked: Asked;
  /** Null: it is on record. */
  readonly settle: (refusal: Refusal | null) => void;
}

export interface Formed {
  readonly claims: readonly KeyClaim[];
  readonly taken: readonly Waiting[];
  readonly refused: readonly (readonly [Waiting, Refusal])[];
  /** For the next batch. */
  readonly left: readonly Waiting[];
}

/** The batch in which it would have gone has brought the news that a floor is due under its key. */
export const FLOOR_DUE = refuse('GUARD_UNAVAILABLE', 'a floor is put down first; ask again');

/** As many as one statement takes without keeping others waiting. */
const MOST = 2000;

type Draft = { -readonly [Part in keyof KeyClaim]: KeyClaim[Part] };

/**
 * Puts a batch together: of one key at most one block and one vote, because the second can only be judged when it is
 * known what became of the first. The same message asked for several times is in it once.
 */
export function formBatch(
  waiting: readonly Waiting[],
  judge: (pubkey: Pubkey, message: GuardedMessage) => Judgement,
): Formed {
  const claims = new Map<Pubkey, Draft>();
  const taken: Waiting[] = [];
  const refused: [Waiting, Refusal][] = [];
  const left: Waiting[] = [];
  for (const one of waiting) {
    const { pubkey, message } = one;
    if (taken.length === MOST || !fits(claims.get(pubkey), message)) {
      left.push(one);
      continue;
    }
    const judgement = judge(pubkey, message);
    if (judgement.kind === 'refused') {
      refused.push([one, judgement]);
      continue;
    }
    const draft = claims.get(pubkey) ?? { pubkey, block: null, attestation: null };
    claims.set(pubkey, draft);
    claim(draft, message);
    taken.push(one);
  }
  return { claims: [...claims.values()], taken, refused, left };
}

function fits(draft: KeyClaim | undefined, message: GuardedMessage): boolean {
  if (message.kind === 'unslashable') return true;
  if (message.kind === 'block') {
    const there = draft?.block ?? null;
    if (there === null) return true;
    return there.slot === message.slot && isSameKnownRoot(there.signingRoot, message.signingRoot);
  }
  const there = draft?.attestation ?? null;
  if (there === null) return true;
  return (
    there.source === message.source &&
    there.target === message.target &&
    isSameKnownRoot(there.signingRoot, message.signingRoot)
  );
}

function claim(draft: Draft, message: GuardedMessage): void {
  if (message.kind === 'unslashable') return;
  const signingRoot = knownRoot(message.signingRoot);
  if (message.kind === 'block') draft.block = { slot: message.slot, signingRoot };
  else draft.attestation = { source: message.source, target: message.target, signingRoot };
}
