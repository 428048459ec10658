import { createHash } from 'node:crypto';
import { bytesOf, rootFromBytes, type Root } from '../../core/units.ts';
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
  return { index, hash: sha256(bytesOf(previous.hash), record) };
}

const text = (value: bigint | null): string | null => value?.toString() ?? null;

function sha256(...parts: (string | Uint8Array)[]): Root {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return rootFromBytes(hash.digest());
}
