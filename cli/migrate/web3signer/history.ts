import type { ChainSpec } from '../../../core/chain/chain-spec.ts';
import { SlotClock } from '../../../core/chain/slot-clock.ts';
import type { Pubkey } from '../../../core/units.ts';
import { readInterchange, type InterchangeContent } from '../../../slashing-db/index.ts';
import { readingFile } from '../../commands/slashing-db/import.ts';

/**
 * What an interchange file says, before anything is opened or written: a wrong file is found out at once and not after
 * an hour of scrypt.
 * @throws BAD_ARGUMENT, INTERCHANGE_*
 */
export function readHistory(file: string, spec: ChainSpec): Promise<InterchangeContent> {
  const clock = new SlotClock(spec, Date.now);
  return readingFile(file, (source, onProgress) => readInterchange(source, { spec, clock, onProgress }));
}

/**
 * The keys whose votes the history does not know. A key may be in the file with nothing: what `watermark-repair` and
 * pruning leave of Web3Signer's own watermarks is not exported.
 */
export function keysWithoutVotes(history: InterchangeContent | null, pubkeys: readonly Pubkey[]): Pubkey[] {
  return pubkeys.filter((pubkey) => (history?.histories.get(pubkey)?.attestation ?? null) === null);
}

/** How much an interchange file holds. */
export interface HistoryCounts {
  readonly keys: number;
  readonly blocks: number;
  readonly attestations: number;
  /** Entries that contradict each other or themselves. */
  readonly suspicious: number;
}

export const countsOf = ({
  histories,
  blocks,
  attestations,
  suspicious,
}: InterchangeContent): HistoryCounts => ({
  keys: histories.size,
  blocks,
  attestations,
  suspicious,
});
