import { slot, type Pubkey, type Slot } from '../../core/units.ts';
import { emptyChain, link, type ChainHead } from '../../slashing-db/history/hash-chain.ts';
import { NO_PROTECTION, type KeyControl, type Protection } from '../../slashing-db/key-controls.ts';
import { KeyLedger } from '../../slashing-db/key-ledger.ts';
import type {
  Storage,
  StorageRecord,
  StoredKey,
  StoredState,
} from '../../slashing-db/storage/storage-port.ts';

type WatermarkRecord = Extract<StorageRecord, { kind: 'block' | 'attestation' }>;

/**
 * The storage port over a map, for properties that need thousands of guards a second. It holds writes to the same
 * conditions as the SQL: an `advance` must rise, and nothing ever goes back.
 */
export class MemoryStorage implements Storage {
  readonly #keys = new Map<Pubkey, StoredKey>();
  readonly #controls = new Map<Pubkey, KeyControl>();
  #protection: Protection = NO_PROTECTION;
  #latestSlot: Slot = slot(0n);
  #sequence = 0n;
  #history: ChainHead = emptyChain('memory');

  load(): StoredState {
    return {
      keys: [...this.#keys.values()],
      controls: this.#controls,
      protection: this.#protection,
      latestSlot: this.#latestSlot,
    };
  }

  mark() {
    return {
      databaseId: 'memory',
      generation: 1n,
      sequence: this.#sequence,
      history: this.#history,
      historyBase: 0n,
    };
  }

  commit(records: readonly StorageRecord[]): Promise<void> {
    this.#sequence += 1n;
    for (const record of records) this.#write(record);
    return Promise.resolve();
  }

  /** It keeps no records, only their chain. */
  search() {
    return Promise.resolve({ signed: [], acts: [], oldestMs: null, pruned: true });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #write(record: StorageRecord): void {
    switch (record.kind) {
      case 'block':
      case 'attestation':
        return this.#raise(record);
      case 'state': {
        const { pubkey, state } = record;
        this.#keys.set(pubkey, { ...KeyLedger.BLANK, ...this.#keys.get(pubkey), pubkey, state });
        return;
      }
      case 'control':
        this.#controls.set(record.pubkey, record.control);
        return;
      case 'protection':
        this.#protection = record.protection;
        return;
      case 'latest-slot':
        this.#latestSlot = record.slot;
        return;
      case 'decision':
        this.#history = link(this.#history, record.decision);
        return;
    }
  }

  #raise(record: WatermarkRecord): void {
    const stored = this.#keys.get(record.pubkey);
    if (stored === undefined) throw new Error('a watermark of a key that was never entered');
    const strict = record.mode === 'advance';
    if (record.kind === 'block') {
      const { slot: at } = record.watermark;
      if (stored.block !== null && (at < stored.block.slot || (strict && at === stored.block.slot))) {
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
    const signedTarget = strict ? target : stored.signedTarget;
    this.#keys.set(record.pubkey, { ...stored, attestation: record.watermark, signedTarget });
  }
}
