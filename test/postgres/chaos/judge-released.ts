import { verifyHistory } from '../../../slashing-db/index.ts';
import { historyOf } from '../../support/postgres-guards.ts';
import { SlashingOracle } from '../../support/slashing-oracle.ts';

/** A signature that left a signer, and what it was asked for as. */
export interface Released {
  readonly kind: 'block' | 'attestation';
  readonly pubkey: string;
  readonly source: bigint;
  /** Target epoch, or slot of a block. */
  readonly target: bigint;
  readonly head: string;
  readonly signature: string;
  /** When it arrived, by the clock of the machine. */
  readonly releasedMs: number;
}

export interface Judged {
  readonly released: number;
  /** Different messages among them. */
  readonly messages: number;
  readonly slashable: readonly string[];
  /** Released, and on record nowhere. */
  readonly unrecorded: readonly string[];
  /** Chains of history that do not hold. */
  readonly broken: readonly string[];
  readonly records: number;
}

/** Holds all that was released against the conditions of the spec, and against what the database has on record. */
export async function judgeReleased(url: string, released: readonly Released[]): Promise<Judged> {
  const oracle = new SlashingOracle();
  const slashable: string[] = [];
  const seen = new Set<string>();
  for (const { kind, pubkey, source, target, signature } of released) {
    const message = `${kind} ${pubkey} ${source} ${target} ${signature}`;
    if (seen.has(message)) continue;
    seen.add(message);
    const { votes, proposals } = oracle.historyOf(pubkey);
    // One message has one signature, so that tells messages apart as well as a signing root.
    const offence =
      kind === 'block'
        ? oracle.offenceOfProposal(pubkey, { slot: target, root: signature })
        : oracle.offenceOfVote(pubkey, { source, target, root: signature });
    if (offence !== null) slashable.push(`${pubkey}: ${offence}`);
    if (kind === 'block') proposals.push({ slot: target, root: signature });
    else votes.push({ source, target, root: signature });
  }
  const histories = await historyOf(url);
  const recorded = new Set<string>();
  for (const { pubkey, slot, source, target, verdict } of histories.flatMap(({ records }) => records)) {
    if (verdict !== 'signed') continue;
    recorded.add(slot === null ? `attestation ${pubkey} ${source} ${target}` : `block ${pubkey} 0 ${slot}`);
  }
  const broken = histories.flatMap(({ instance, base, head, records }) => {
    const { fault } = verifyHistory(base, records, head);
    return fault === null ? [] : [`${instance}: ${fault.kind} at ${fault.index}`];
  });
  return {
    released: released.length,
    messages: seen.size,
    slashable,
    unrecorded: [...seen].filter((message) => !recorded.has(message.slice(0, message.lastIndexOf(' ')))),
    broken,
    records: histories.reduce((sum, { records }) => sum + records.length, 0),
  };
}
