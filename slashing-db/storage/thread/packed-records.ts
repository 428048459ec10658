import type { Epoch, Pubkey, Root } from '../../../core/units.ts';
import type { Decision } from '../../history/decision.ts';
import type { StorageRecord, WriteMode } from '../storage-port.ts';

/**
 * Records on their way to the thread, one after the other: an object takes its member names along each time, which is
 * most of what crosses. Only the two kinds that every signature makes are laid out; all others go as they are.
 */
export type PackedRecords = readonly unknown[];

export function packRecords(records: readonly StorageRecord[]): PackedRecords {
  const packed: unknown[] = [];
  for (const record of records) {
    if (record.kind === 'attestation') {
      const { mode, pubkey, watermark } = record;
      packed.push('attestation', mode, pubkey, watermark.source, watermark.target, watermark.signingRoot);
    } else if (record.kind === 'decision') {
      const { timeMs, client, pubkey, type, slot, source, target, signingRoot, verdict, reason } =
        record.decision;
      packed.push(
        'decision',
        timeMs,
        client,
        pubkey,
        type,
        slot,
        source,
        target,
        signingRoot,
        verdict,
        reason,
      );
    } else {
      packed.push('other', record);
    }
  }
  return packed;
}

/** @throws for anything that {@link packRecords} did not make: half a record must never be written */
export function unpackRecords(packed: PackedRecords): StorageRecord[] {
  const records: StorageRecord[] = [];
  let at = 0;
  const next = (): unknown => {
    if (at === packed.length) throw new Error('a packed record ends too early');
    at += 1;
    return packed[at - 1];
  };
  while (at < packed.length) {
    const kind = next();
    if (kind === 'attestation') records.push(attestation(next));
    else if (kind === 'decision') records.push({ kind, decision: decision(next) });
    else if (kind === 'other') records.push(next() as StorageRecord);
    else throw new Error('a packed record of no kind');
  }
  return records;
}

// The members are read in the order in which they were written.
const attestation = (next: () => unknown): StorageRecord => ({
  kind: 'attestation',
  mode: next() as WriteMode,
  pubkey: next() as Pubkey,
  watermark: {
    source: next() as Epoch,
    target: next() as Epoch,
    signingRoot: next() as Root | null,
  },
});

const decision = (next: () => unknown): Decision => ({
  timeMs: next() as bigint,
  client: next() as string,
  pubkey: next() as Decision['pubkey'],
  type: next() as string,
  slot: next() as Decision['slot'],
  source: next() as Decision['source'],
  target: next() as Decision['target'],
  signingRoot: next() as Decision['signingRoot'],
  verdict: next() as Decision['verdict'],
  reason: next() as Decision['reason'],
});
