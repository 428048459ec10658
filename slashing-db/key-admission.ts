import type { Pubkey } from '../core/units.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { RecordWriter } from './commit/record-writer.ts';
import { slashingDbError } from './errors.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import type { KeyState } from './guard-contract.ts';
import { act, ITSELF } from './history/decision.ts';
import type { KeyLedger } from './key-ledger.ts';
import type { StorageRecord } from './storage/storage-port.ts';
import type { UnderWay } from './under-way.ts';

interface Modules {
  readonly clock: ClockGuard;
  readonly ledger: KeyLedger;
  readonly floors: FloorKeeper;
  readonly writer: RecordWriter;
  readonly underWay: UnderWay;
}

/** How keys come to sign, and how they stop for ever. Synchronous up to the append of the records. */
export class KeyAdmission {
  readonly #modules: Modules;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  /** Whether {@link admit} would change nothing. */
  isAdmitted(pubkey: Pubkey): boolean {
    const { ledger, floors } = this.#modules;
    const before = ledger.get(pubkey);
    return before?.state === 'active' && floors.missing(before) === null;
  }

  async admit(pubkey: Pubkey, readmit: boolean, by?: string): Promise<KeyState> {
    const { clock, ledger, floors, writer } = this.#modules;
    const before = ledger.get(pubkey);
    if (before?.state === 'deleted' && !readmit) return 'deleted';
    const missing = floors.missing(before);
    const trusted = clock.floorDoubt === null;
    if (missing !== null && !trusted && before?.state === 'deleted') {
      throw slashingDbError('DB_CLOCK_UNTRUSTED');
    }
    const records = ledger.setState(pubkey, 'active');
    if (records.length > 0) records.push(this.#act('admit-key', by, pubkey));
    if (missing !== null && trusted) records.push(...floors.putDown(pubkey, missing));
    if (missing !== null && !trusted) floors.owe(pubkey, missing);
    if (records.length > 0) await writer.append(...records);
    return 'active';
  }

  async delete(pubkeys: readonly Pubkey[], by?: string): Promise<void> {
    const { ledger, writer, underWay } = this.#modules;
    const records = pubkeys.flatMap((pubkey) => {
      const changes = ledger.setState(pubkey, 'deleted');
      return changes.length === 0 ? [] : [...changes, this.#act('delete-key', by, pubkey)];
    });
    if (records.length > 0) await writer.append(...records);
    // A signature that was let out before the deletion may still be in the making: it is covered by its record,
    // but the deletion is not answered, and no history exported, before it is gone.
    await underWay.settled(pubkeys);
  }

  #act(type: string, by: string | undefined, pubkey: Pubkey): StorageRecord {
    return { kind: 'decision', decision: act(type, by ?? ITSELF, this.#modules.clock.nowMs, { pubkey }) };
  }
}
