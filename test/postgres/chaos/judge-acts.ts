import { queryAt } from '../../support/postgres.ts';
import type { ActDone } from './acts.ts';
import type { Released } from './judge-released.ts';

/** A message that a signer has on record as signed, and when that was committed, by the clock of the machine. */
interface Recorded {
  readonly pubkey: string;
  readonly slot: bigint | null;
  readonly target: bigint | null;
  readonly committedMs: number;
}

export interface JudgedActs {
  /** Answered, by kind. */
  readonly acts: Readonly<Record<string, number>>;
  /** Records of signatures that came after the answer to an act that forbids them. */
  readonly afterActs: readonly string[];
  /** Messages of deleted keys that the history does not cover that was given out with the deletion. */
  readonly uncovered: readonly string[];
  /** Signatures that left a signer after the answer to the act, but were recorded before it; as they may. */
  readonly lateButRecorded: number;
}

/** A time in which no message of a key may be put on record, or none up to some slot and target. */
interface Ban {
  readonly why: string;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly upTo: ActDone['upTo'];
}

/**
 * Once an act is answered, nothing of its key is put on record any more by any signer that the act forbids; so that
 * nothing leaves but what was recorded before.
 */
export async function judgeActs(
  url: string,
  done: readonly ActDone[],
  released: readonly Released[],
): Promise<JudgedActs> {
  const recorded = await recordedAt(url);
  const bans = bansOf(done);
  const bansOn = ({ pubkey }: { readonly pubkey: string }): readonly Ban[] => [
    ...(bans.get(pubkey) ?? []),
    ...(bans.get(null) ?? []),
  ];
  const afterActs = recorded.flatMap((record) =>
    bansOn(record)
      .filter((ban) => forbids(ban, record, record.committedMs))
      .map(
        ({ why, fromMs }) => `${shown(record)}, ${record.committedMs - fromMs} ms after ${why} was answered`,
      ),
  );
  const late = released.filter((one) =>
    bansOn(one).some((ban) => forbids(ban, messageOf(one), one.releasedMs)),
  );
  const deletions = done.filter(({ kind, upTo }) => kind === 'delete' && upTo !== null);
  const uncovered = deletions.flatMap(({ pubkey, upTo }) =>
    recorded
      .filter((record) => record.pubkey === pubkey && !covers(upTo!, record))
      .map((record) => `${shown(record)}: the deletion gave out ${upTo!.slot} and ${upTo!.target}`),
  );
  const acts: Record<string, number> = {};
  for (const { kind, answeredMs } of done) {
    if (answeredMs !== null) acts[kind] = (acts[kind] ?? 0) + 1;
  }
  return { acts, afterActs, uncovered, lateButRecorded: late.length };
}

const LIFTING: ReadonlySet<ActDone['kind']> = new Set(['unfreeze', 'unfreeze all']);

/** By key; null: on all of them. */
function bansOf(done: readonly ActDone[]): Map<string | null, Ban[]> {
  const bans = new Map<string | null, Ban[]>();
  for (const [at, { kind, pubkey, answeredMs, upTo }] of done.entries()) {
    if (answeredMs === null || LIFTING.has(kind)) continue;
    // One who acts on a key waits for each answer, so what comes next for it was asked later.
    const thaw = done.slice(at + 1).find((next) => next.pubkey === pubkey && LIFTING.has(next.kind));
    const untilMs = kind.startsWith('freeze') ? (thaw?.askedMs ?? Infinity) : Infinity;
    const ban = {
      why: `the act ${kind}`,
      fromMs: answeredMs,
      untilMs,
      upTo: kind === 'import' ? upTo : null,
    };
    bans.set(pubkey, [...(bans.get(pubkey) ?? []), ban]);
  }
  return bans;
}

type Message = Pick<Recorded, 'slot' | 'target'>;

const forbids = ({ fromMs, untilMs, upTo }: Ban, message: Message, ms: number): boolean =>
  ms > fromMs && ms < untilMs && (upTo === null || covers(upTo, message));

const covers = (upTo: NonNullable<ActDone['upTo']>, { slot, target }: Message): boolean =>
  slot === null ? target === null || target <= upTo.target : slot <= upTo.slot;

const messageOf = ({ kind, target }: Released): Message =>
  kind === 'block' ? { slot: target, target: null } : { slot: null, target };

const shown = ({ pubkey, slot, target }: Recorded): string =>
  `${pubkey.slice(0, 10)} ${slot === null ? `target ${target}` : `slot ${slot}`}`;

async function recordedAt(url: string): Promise<Recorded[]> {
  const { rows } = await queryAt(
    url,
    `SELECT '0x' || encode(pubkey, 'hex') AS pubkey, slot::text, target::text,
       (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS committed_ms
     FROM history WHERE verdict = 'signed' AND (slot IS NOT NULL OR target IS NOT NULL)`,
  );
  const found = rows as (Record<'slot' | 'target', string | null> & {
    pubkey: string;
    committed_ms: number | null;
  })[];
  return found.map(({ pubkey, slot, target, committed_ms: committedMs }) => {
    // Without it nothing would be compared, and everything would pass.
    if (committedMs === null) throw new Error('a record was committed at no time');
    const big = (text: string | null) => (text === null ? null : BigInt(text));
    return { pubkey, slot: big(slot), target: big(target), committedMs };
  });
}
