import type { Pubkey } from '../../core/units.ts';
import type { Storage, StorageRecord, StoredKey } from '../../slashing-db/storage/storage-port.ts';

/**
 * The storage port over a map, for properties that need thousands of guards a second. It holds writes to the same
 * conditions as the SQL: an `advance` must rise, and nothing ever goes back.
 */
export class MemoryStorage implements Storage {
  readonly #keys = new Map<Pubkey, StoredKey>();

  loadKeys(): StoredKey[] {
    return [...this.#keys.values()];
  }

  commit(records: readonly StorageRecord[]): Promise<void> {
    for (const record of records) this.#write(record);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(record: StorageRecord): void {
    const stored = this.#keys.get(record.pubkey);
    if (record.kind === 'state') {
      this.#keys.set(record.pubkey, { block: null, attestation: null, ...stored, ...stateOf(record) });
      return;
    }
    if (stored === undefined) throw new Error('a watermark of a key that was never entered');
    const strict = record.mode === 'advance';
    if (record.kind === 'block') {
      const { slot } = record.watermark;
      if (stored.block !== null && (slot < stored.block.slot || (strict && slot === stored.block.slot))) {
        throw new Error('watermark went back');
      }
      this.#keys.set(record.pubkey, { ...stored, block: record.watermark });
      return;
    }
    const { source, target } = record.watermark;
    const old = stored.attestation;
    if (old !== null && (source < old.source || target < old.target || (strict && target === old.target))) {
      throw new Error('watermark went back');
    }
    this.#keys.set(record.pubkey, { ...stored, attestation: record.watermark });
  }
}

const stateOf = ({ pubkey, state }: Extract<StorageRecord, { kind: 'state' }>) => ({ pubkey, state });
