import { hash } from 'node:crypto';
import { rootFromBytes, type Root } from '../../core/units.ts';
import type { Decision } from './decision.ts';

/** The last record of the chain, which stands for all before it. */
export interface ChainHead {
  /** Number of the last record; the first is 1. */
  readonly index: bigint;
  readonly hash: Root;
}

/** A record as it is kept: with its place in the chain. */
export interface HistoryRecord extends Decision, ChainHead {}

/** The head of a chain without records: bound to the database, so that no chain fits under another's anchor. */
export function emptyChain(databaseId: string): ChainHead {
  return { index: 0n, hash: sha256(`vigil history 1 ${databaseId}`) };
}

/**
 * The next link: SHA-256 of the previous hash (32 bytes) and of the record as a JSON array of strings and nulls
 * (UTF-8), in the order written here. Anybody can recompute it from an export.
 */
export function link(previous: ChainHead, decision: Decision): ChainHead {
  const index = previous.index + 1n;
  const record = JSON.stringify([
    index.toString(),
    decision.timeMs.toString(),
    decision.client,
    decision.pubkey,
    decision.type,
    text(decision.slot),
    text(decision.source),
    text(decision.target),
    decision.signingRoot,
    decision.verdict,
    decision.reason,
  ]);
  return { index, hash: sha256OfLink(previous.hash, record) };
}

const text = (value: bigint | null): string | null => value?.toString() ?? null;

/** One call for short input is much cheaper than a hash object. */
const sha256 = (data: string | Uint8Array): Root => rootFromBytes(hash('sha256', data, 'buffer'));

/** Where a link is put together; a longer one gets memory of its own. */
const scratch = Buffer.alloc(4096);

function sha256OfLink(previous: Root, record: string): Root {
  const most = 32 + 3 * record.length;
  const buffer = most <= scratch.length ? scratch : Buffer.alloc(most);
  buffer.write(previous.slice(2), 'hex');
  const length = 32 + buffer.write(record, 32, 'utf8');
  return sha256(buffer.subarray(0, length));
}
