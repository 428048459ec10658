import type { Epoch, Pubkey } from '../core/units.ts';
import type { StorageRecord, StoredKey, StoredKeyState } from './storage/storage-port.ts';
import { mergeAttestation, mergeBlock } from './rules/merge-watermarks.ts';
import type { AttestationWatermark, BlockWatermark, Watermarks } from './watermark.ts';

export interface KeyEntry {
  readonly state: StoredKeyState;
  readonly block: BlockWatermark | null;
  readonly attestation: AttestationWatermark | null;
  /** The highest target that was let out here, by this process or one before it. */
  readonly signedTarget: Epoch | null;
}

/**
 * The watermarks in memory, at or ahead of those on disk. They only ever rise: not even a failed commit lowers
 * them, because the commit may have reached the disk all the same. Every change returns the records that make it
 * durable, for the caller to append in the same turn.
 */
export class KeyLedger {
  /** Of a key of which nothing is known. */
  static readonly BLANK = { state: 'known', block: null, attestation: null, signedTarget: null } as const;
  readonly #entries = new Map<Pubkey, KeyEntry>();

  constructor(stored: readonly StoredKey[]) {
    for (const { pubkey, ...entry } of stored) this.#entries.set(pubkey, entry);
  }

  get(pubkey: Pubkey): KeyEntry | undefined {
    return this.#entries.get(pubkey);
  }

  /** Takes a key over as a database has it that others change too. */
  adopt({ pubkey, ...row }: StoredKey): void {
    this.#entries.set(pubkey, row);
  }

  /** Takes over what is later in a row that may be older than what is known here: watermarks only ever rise. */
  raise({ pubkey, block, attestation, signedTarget }: StoredKey): void {
    const entry = this.#entries.get(pubkey);
    if (entry === undefined) return;
    const isLater = {
      block: (block?.slot ?? -1n) > (entry.block?.slot ?? -1n),
      attestation: (attestation?.target ?? -1n) > (entry.attestation?.target ?? -1n),
      signedTarget: (signedTarget ?? -1n) > (entry.signedTarget ?? -1n),
    };
    this.#entries.set(pubkey, {
      state: entry.state,
      block: isLater.block ? block : entry.block,
      attestation: isLater.attestation ? attestation : entry.attestation,
      signedTarget: isLater.signedTarget ? signedTarget : entry.signedTarget,
    });
  }

  snapshot(): ReadonlyMap<Pubkey, KeyEntry> {
    return new Map(this.#entries);
  }

  /** Only where it will be settled what became of a commit: until then nothing may be judged by what is here. */
  restore(entries: ReadonlyMap<Pubkey, KeyEntry>): void {
    this.#entries.clear();
    for (const [pubkey, entry] of entries) this.#entries.set(pubkey, entry);
  }

  pubkeys(): Pubkey[] {
    return [...this.#entries.keys()].sort();
  }

  setState(pubkey: Pubkey, state: StoredKeyState): StorageRecord[] {
    const entry = this.#entries.get(pubkey);
    if (entry?.state === state) return [];
    this.#entries.set(pubkey, { ...KeyLedger.BLANK, ...entry, state });
    return [{ kind: 'state', pubkey, state }];
  }

  advanceBlock(pubkey: Pubkey, entry: KeyEntry, watermark: BlockWatermark): StorageRecord {
    this.#entries.set(pubkey, { ...entry, block: watermark });
    return { kind: 'block', mode: 'advance', pubkey, watermark };
  }

  advanceAttestation(pubkey: Pubkey, entry: KeyEntry, watermark: AttestationWatermark): StorageRecord {
    this.#entries.set(pubkey, { ...entry, attestation: watermark, signedTarget: watermark.target });
    return { kind: 'attestation', mode: 'advance', pubkey, watermark };
  }

  /** Raises a key to at least `imported`; a key never seen is entered as `known`. Empty when nothing changed. */
  merge(pubkey: Pubkey, imported: Watermarks): StorageRecord[] {
    const records = this.#entries.has(pubkey) ? [] : this.setState(pubkey, 'known');
    const entry = this.#entries.get(pubkey);
    if (entry === undefined) throw new Error('the key was entered above');
    const block = mergeBlock(entry.block, imported.block);
    const attestation = mergeAttestation(entry.attestation, imported.attestation);
    if (block !== null && block !== entry.block) {
      records.push({ kind: 'block', mode: 'merge', pubkey, watermark: block });
    }
    if (attestation !== null && attestation !== entry.attestation) {
      records.push({ kind: 'attestation', mode: 'merge', pubkey, watermark: attestation });
    }
    this.#entries.set(pubkey, { ...entry, block, attestation });
    return records;
  }
}
