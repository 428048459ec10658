import type { ChainHead, HistoryRecord } from './hash-chain.ts';

/** What one signer has on record in a database that it shares, at one moment. */
export interface SignerHistory {
  readonly signer: string;
  /** What its chain is bound to. */
  readonly databaseId: string;
  /** The last record that retention removed; index 0 when all are kept. */
  readonly base: ChainHead;
  readonly head: ChainHead;
  /** The kept records, oldest first; to be read inside the callback, one history after the other. */
  readonly records: () => AsyncIterable<HistoryRecord>;
}
