import type { Pubkey } from '../../core/units.ts';
import type { Guard } from '../../slashing-db/index.ts';

/** Something that would be refused if it were asked for now. */
export interface PresentRefusal {
  /** What of the key's messages it hits. */
  readonly what: string;
  /** The code that the request would be answered with. */
  readonly code: string;
  readonly why: string;
  /** What would have to happen for it to be signed. */
  readonly needed: string;
}

/** One side of a key. Names are snake_case; integers are decimal text. */
export interface ExplainedSection {
  readonly id: string;
  readonly entries: Readonly<Record<string, string | readonly string[] | null>>;
  readonly refusals: readonly PresentRefusal[];
}

/** Explains one side of a key: what lies on it there, and what is refused because of that. */
export type ExplainSection = (pubkey: Pubkey) => ExplainedSection;

export interface Explanation {
  readonly pubkey: Pubkey;
  /** `signer`: the running signer says so. `files`: none runs; the database and the configuration say so. */
  readonly from: 'signer' | 'files';
  readonly sections: readonly Pick<ExplainedSection, 'id' | 'entries'>[];
  readonly refusals: readonly PresentRefusal[];
}

/** What a key may sign for whom, its state and why, and what is refused now. */
export function explainKey(
  pubkey: Pubkey,
  from: Explanation['from'],
  sections: readonly ExplainSection[],
): Explanation {
  const explained = sections.map((section) => section(pubkey));
  return {
    pubkey,
    from,
    sections: explained.map(({ id, entries }) => ({ id, entries })),
    refusals: explained.flatMap(({ refusals }) => refusals),
  };
}

/**
 * The same by the running signer, whose memory may lack what others on the same database signed. Without the database it
 * tells what is known here, and that the database is away.
 */
export async function explainHere(
  guard: Pick<Guard, 'refresh'>,
  pubkey: Pubkey,
  sections: readonly ExplainSection[],
): Promise<Explanation> {
  await guard.refresh([pubkey]).catch(() => undefined);
  return explainKey(pubkey, 'signer', sections);
}
