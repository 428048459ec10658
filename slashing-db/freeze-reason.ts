import type { Freeze } from './key-controls.ts';

/*
 * Why all keys are frozen, in one text. What Vigil found out comes first and stays when somebody else freezes them too: whoever lifts
 * the freeze has to know of all of it.
 */

const ALSO = '; frozen also: ';

export const LOST_ACTS =
  'hand-overs, freezes or deletions were lost with the rollback: do them again, then vigil keys unfreeze --all';
const COPIED = 'DB_COPIED: ';
const ROLLED_BACK = 'DB_ROLLED_BACK, ';

/** How what Vigil found begins, and all that clients are told of it: where databases and files are is none of their business. */
const FOUND: readonly (readonly [begins: string, told: string])[] = [
  [ROLLED_BACK, 'DB_ROLLED_BACK'],
  [COPIED, 'DB_COPIED'],
  [LOST_ACTS, 'acts on keys were lost with a rollback'],
];

const parts = (frozen: Freeze | null): readonly string[] => frozen?.reason.split(ALSO) ?? [];
const toldOf = (part: string): string | null =>
  FOUND.find(([begins]) => part.startsWith(begins))?.[1] ?? null;

/** What a database is frozen for that has gone back. */
export const rolledBackReason = (seenBy: string, found: string): string =>
  `${ROLLED_BACK}seen by the signer ${seenBy}: ${found}`;

/** As a term of SQL: a reason in front of the one that is there, unless it is in that. */
export const inFrontOf = (reason: string, there: string): string =>
  `CASE WHEN position(${reason} IN ${there}) > 0 THEN ${there} ELSE ${reason} || coalesce('${ALSO}' || ${there}, '') END`;
export const SAYS_ROLLED_BACK = `coalesce(position('${ROLLED_BACK}' IN frozen_reason), 0) > 0`;

/**
 * What a source is frozen for once it was copied: whoever starts a signer there by accident, as machines do that start
 * again by themselves, must not sign beside the one on the destination.
 * @param before the freeze that was there without us, which whoever lifts this one has to know of
 */
export const copiedTo = (to: string, by: string, before: Freeze | null): string =>
  [`${COPIED}copied to ${to} by ${by}`, ...parts(before)].join(ALSO);

/** The freeze as it was before the source was copied the first time: ours does not go on to a destination. */
export function beforeCopy(frozen: Freeze | null): Freeze | null {
  const left = parts(frozen).filter((part) => !part.startsWith(COPIED));
  return frozen === null || left.length === 0 ? null : { ...frozen, reason: left.join(ALSO) };
}

export const wasCopied = (frozen: Freeze | null): boolean =>
  parts(frozen).some((part) => part.startsWith(COPIED));

/** A freeze for a reason that an operator gives: it takes the place of one given before, and of nothing else. */
export function frozenFor(reason: string, nowMs: bigint, before: Freeze | null): Freeze {
  const kept = toldOf(reason) === null ? parts(before).filter((part) => toldOf(part) !== null) : [];
  return joined([...kept, reason], nowMs, kept.length > 0 ? before : null);
}

/** The freeze that makes up for acts that were lost, beside whatever is there. */
export function frozenForLostActs(nowMs: bigint, before: Freeze | null): Freeze {
  return joined([...parts(before).filter((part) => part !== LOST_ACTS), LOST_ACTS], nowMs, before);
}

const joined = (all: readonly string[], nowMs: bigint, before: Freeze | null): Freeze => ({
  reason: all.join(ALSO),
  sinceMs: before?.sinceMs ?? nowMs,
});

/** Null: clients may read the reason as it is. */
export function toldToClients(frozen: Freeze): string | null {
  const told = parts(frozen).map((part) => toldOf(part) ?? part);
  const text = told.join(ALSO);
  return text === frozen.reason ? null : text;
}
