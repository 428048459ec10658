import type { StorageRecord, StoredKey } from '../storage/storage-port.ts';
import type { AnchorFile } from './anchor-file.ts';
import type { AnchorRecord, HighestKnown, StorageMark } from './anchor-record.ts';
import { raiseHighest } from './highest-known.ts';

export interface AnchorNotesOptions {
  readonly anchors: readonly AnchorFile[];
  readonly bootId: string | null;
  /** What the anchors knew before: it is never forgotten, or a floor that is still due could be put too low. */
  readonly remembered: HighestKnown;
  /** The last act that they knew of. */
  readonly lastAct: bigint;
  readonly onAnchorFailure: (path: string, error: Error) => void;
}

/**
 * What is noted outside a database of its commits. The first anchor is written before the commit counts as done; the
 * others, which may be far away, right after it. An anchor that cannot be written is reported and costs no duty: without
 * it a rollback may go unseen, but nothing slashable is signed.
 */
export class AnchorNotes {
  readonly #options: AnchorNotesOptions;
  #anchors: readonly AnchorFile[];
  #highest: HighestKnown;
  #mark: StorageMark;
  #lastAct: bigint;

  constructor(options: AnchorNotesOptions, mark: StorageMark, keys: readonly StoredKey[]) {
    this.#options = options;
    this.#anchors = options.anchors;
    this.#mark = mark;
    this.#lastAct = options.lastAct;
    this.#highest = keys.reduce(raiseHighest, options.remembered);
    this.#note();
  }

  /** To be called before what was committed counts as done. */
  committed(mark: StorageMark, records: readonly StorageRecord[]): void {
    this.#mark = mark;
    for (const record of records) this.#highest = raised(this.#highest, record);
    if (records.some(isAct)) this.#lastAct = this.#mark.sequence;
    this.#note();
  }

  /** The last word: the database was left in order. */
  close(): void {
    const anchors = this.#anchors;
    this.#anchors = [];
    for (const anchor of anchors) this.#reporting(anchor, () => anchor.close(this.#record(true)));
  }

  #note(): void {
    const record = this.#record(false);
    const [first, ...others] = this.#anchors;
    if (first !== undefined) this.#reporting(first, () => first.writeNow(record));
    for (const anchor of others) {
      anchor.writeSoon(record, (error) => this.#options.onAnchorFailure(anchor.path, error));
    }
  }

  #record(closed: boolean): AnchorRecord {
    const { bootId } = this.#options;
    return { ...this.#mark, highest: this.#highest, lastAct: this.#lastAct, bootId, closed };
  }

  #reporting(anchor: AnchorFile, write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#options.onAnchorFailure(anchor.path, error as Error);
    }
  }
}

/** Lost with a rollback, it is made up for by no floor: it was to hold for ever, or until somebody says otherwise. */
function isAct(record: StorageRecord): boolean {
  if (record.kind === 'state') return record.state === 'deleted';
  if (record.kind === 'protection') return record.protection.frozen !== null;
  return record.kind === 'control' && (record.control.frozen !== null || record.control.outEpoch !== null);
}

function raised(highest: HighestKnown, record: StorageRecord): HighestKnown {
  if (record.kind === 'block') return raiseHighest(highest, { block: record.watermark, attestation: null });
  if (record.kind === 'attestation') {
    return raiseHighest(highest, { block: null, attestation: record.watermark });
  }
  if (record.kind !== 'protection' || record.protection.floor === null) return highest;
  const { slot, source, target } = record.protection.floor;
  return raiseHighest(highest, {
    block: { slot, signingRoot: null },
    attestation: { source, target, signingRoot: null },
  });
}
