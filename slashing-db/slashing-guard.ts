import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Pubkey, Root } from '../core/units.ts';
import { BatchWriter } from './commit/batch-writer.ts';
import { floorAt } from './floor.ts';
import type {
  Guard,
  ImportOptions,
  ImportReport,
  KeyState,
  KeyStatus,
  OnMissingHistory,
  Outcome,
} from './guard-contract.ts';
import { readInterchange } from './interchange/read-interchange.ts';
import { writeInterchange } from './interchange/write-interchange.ts';
import { KeyLedger, type KeyEntry } from './key-ledger.ts';
import type { AttestationMessage, BlockMessage, GuardedMessage } from './message.ts';
import { refuse, type Refusal } from './refusals.ts';
import { checkAttestation } from './rules/check-attestation.ts';
import { checkBlock } from './rules/check-block.ts';
import { checkTime } from './rules/check-time.ts';
import { slashingDbError } from './errors.ts';
import type { Storage, StorageRecord } from './storage/storage-port.ts';

export interface SlashingGuardOptions {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly onMissingHistory: OnMissingHistory;
  /** Says why the clock cannot be trusted now, or null. Asked for every slashable message. */
  readonly clockDoubt?: () => string | null;
}

type Reservation = { readonly kind: 'reserved'; readonly durable: Promise<void> } | Refusal;

export class SlashingGuard implements Guard {
  readonly genesisValidatorsRoot: Root;
  readonly poisoned: Promise<Error>;
  readonly #options: SlashingGuardOptions;
  readonly #storage: Storage;
  readonly #writer: BatchWriter;
  readonly #ledger: KeyLedger;
  /** Releases under way by key, so that a deletion can wait for the last signature to leave. */
  readonly #underWay = new Map<Pubkey, Set<Promise<unknown>>>();
  /** Blank keys whose floor waits for a clock that can be trusted: one that runs late would put it too low. */
  readonly #floorOwed = new Set<Pubkey>();
  #unavailable: Refusal | null = null;

  constructor(storage: Storage, options: SlashingGuardOptions) {
    this.#options = options;
    this.#storage = storage;
    this.genesisValidatorsRoot = options.spec.genesisValidatorsRoot;
    const poisoned = Promise.withResolvers<Error>();
    this.poisoned = poisoned.promise;
    this.#writer = new BatchWriter(storage, (error) => {
      this.#unavailable = refuse('GUARD_UNAVAILABLE');
      poisoned.resolve(error);
    });
    this.#ledger = new KeyLedger(storage.loadKeys());
  }

  get unavailable(): Refusal | null {
    return this.#unavailable;
  }

  async release<S>(pubkey: Pubkey, message: GuardedMessage, sign: () => Promise<S>): Promise<Outcome<S>> {
    const reservation = this.#reserve(pubkey, message);
    if (reservation.kind === 'refused') return reservation;
    return this.#track(pubkey, this.#signOnceDurable(reservation.durable, sign));
  }

  async admitKey(pubkey: Pubkey, readmit: boolean): Promise<KeyState> {
    const before = this.#ledger.get(pubkey);
    if (before?.state === 'deleted' && !readmit) return 'deleted';
    const owesFloor = this.#needsFloor(pubkey, before);
    const trusted = this.#clockDoubt() === null;
    if (owesFloor && !trusted && before?.state === 'deleted') throw slashingDbError('DB_CLOCK_UNTRUSTED');
    const records = this.#ledger.setState(pubkey, 'active');
    if (owesFloor && trusted) records.push(...this.#floor(pubkey));
    if (owesFloor && !trusted) this.#floorOwed.add(pubkey);
    if (records.length > 0) await this.#writer.append(...records);
    return 'active';
  }

  async deleteKeys(pubkeys: readonly Pubkey[]): Promise<void> {
    const known = pubkeys.filter((pubkey) => this.#ledger.get(pubkey) !== undefined);
    const records = known.flatMap((pubkey) => this.#ledger.setState(pubkey, 'deleted'));
    if (records.length > 0) await this.#writer.append(...records);
    // A signature that was let out before the deletion may still be in the making: it is covered by its record,
    // but the deletion is not answered, and no history exported, before it is gone.
    await Promise.allSettled(known.flatMap((pubkey) => [...(this.#underWay.get(pubkey) ?? [])]));
    await this.#writer.barrier();
  }

  async importInterchange(
    source: AsyncIterable<Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    const { spec, clock } = this.#options;
    const { histories, ...counts } = await readInterchange(source, { spec, clock, ...options });
    // From here on synchronous: memory rises first, for all keys at once, then everything becomes durable at once.
    const records = [...histories].map(([pubkey, history]) => this.#ledger.merge(pubkey, history));
    const raised = records.filter((ofKey) => ofKey.some((record) => record.kind !== 'state')).length;
    await this.#writer.append(...records.flat());
    return { keys: histories.size, raised, ...counts };
  }

  exportInterchange(pubkeys?: readonly Pubkey[]): Iterable<string> {
    const wanted = pubkeys === undefined ? this.#ledger.pubkeys() : [...new Set(pubkeys)];
    const statuses = wanted
      .filter((pubkey) => this.#ledger.get(pubkey) !== undefined)
      .map((p) => this.statusOf(p));
    return writeInterchange(this.genesisValidatorsRoot, statuses);
  }

  statusOf(pubkey: Pubkey): KeyStatus {
    return this.#ledger.status(pubkey);
  }

  listKeys(): KeyStatus[] {
    return this.#ledger.pubkeys().map((pubkey) => this.statusOf(pubkey));
  }

  async close(): Promise<void> {
    // First of all nothing new may start: what comes in while the last commit runs would find the storage closed.
    this.#unavailable ??= refuse('GUARD_UNAVAILABLE', 'the signer is shutting down');
    await Promise.allSettled([...this.#underWay.values()].flatMap((set) => [...set]));
    await this.#writer.barrier().catch(() => undefined);
    await this.#storage.close();
  }

  /**
   * The critical section: synchronous from the check to the append, so that of two conflicting requests the second
   * always meets the watermark of the first.
   */
  #reserve(pubkey: Pubkey, message: GuardedMessage): Reservation {
    if (this.#unavailable !== null) return this.#unavailable;
    const entry = this.#ledger.get(pubkey);
    if (entry === undefined || entry.state === 'known') return refuse('KEY_NOT_ADMITTED');
    if (entry.state === 'deleted') return refuse('KEY_DELETED');
    if (message.kind === 'unslashable') return { kind: 'reserved', durable: Promise.resolve() };
    return (
      this.#refusalByCircumstance(entry, message) ??
      this.#reserveSlashable(pubkey, this.#settleFloor(pubkey, entry), message)
    );
  }

  #needsFloor(pubkey: Pubkey, before: KeyEntry | undefined): boolean {
    const { onMissingHistory } = this.#options;
    const { block, attestation } = this.#ledger.status(pubkey);
    // While it was deleted here the key may have signed elsewhere, so what is recorded of it is not its history.
    if (before?.state === 'deleted') return onMissingHistory !== 'trust';
    return onMissingHistory === 'floor' && block === null && attestation === null;
  }

  #floor(pubkey: Pubkey): StorageRecord[] {
    const { spec, clock } = this.#options;
    return this.#ledger.merge(pubkey, floorAt(spec, clock.currentSlot()));
  }

  /** The floor that a key still owes, put down at its first request under a trusted clock. */
  #settleFloor(pubkey: Pubkey, entry: KeyEntry): KeyEntry {
    if (!this.#floorOwed.delete(pubkey)) return entry;
    // What follows either is refused or waits for the batch that holds this floor too.
    void this.#writer.append(...this.#floor(pubkey));
    return this.#ledger.get(pubkey) ?? entry;
  }

  #clockDoubt(): string | null {
    return this.#options.clockDoubt?.() ?? null;
  }

  #refusalByCircumstance(entry: KeyEntry, message: BlockMessage | AttestationMessage): Refusal | null {
    const { spec, clock, onMissingHistory } = this.#options;
    const doubt = this.#clockDoubt();
    if (doubt !== null) return refuse('CLOCK_UNTRUSTED', doubt);
    if (onMissingHistory === 'refuse' && entry.block === null && entry.attestation === null) {
      return refuse('MISSING_HISTORY');
    }
    return checkTime(spec, clock.currentSlot(), message);
  }

  #reserveSlashable(
    pubkey: Pubkey,
    entry: KeyEntry,
    message: BlockMessage | AttestationMessage,
  ): Reservation {
    switch (message.kind) {
      case 'block': {
        const verdict = checkBlock(entry.block, message);
        if (verdict.kind === 'refused') return verdict;
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: this.#writer.barrier() };
        const record = this.#ledger.advanceBlock(pubkey, entry, verdict.next);
        return { kind: 'reserved', durable: this.#writer.append(record) };
      }
      case 'attestation': {
        const verdict = checkAttestation(entry.attestation, message);
        if (verdict.kind === 'refused') return verdict;
        // The first request for this message may not be durable yet; the repeat waits for it all the same.
        if (verdict.kind === 'repeat') return { kind: 'reserved', durable: this.#writer.barrier() };
        const record = this.#ledger.advanceAttestation(pubkey, entry, verdict.next);
        return { kind: 'reserved', durable: this.#writer.append(record) };
      }
    }
  }

  async #signOnceDurable<S>(durable: Promise<void>, sign: () => Promise<S>): Promise<Outcome<S>> {
    try {
      await durable;
    } catch {
      return this.#unavailable ?? refuse('GUARD_UNAVAILABLE');
    }
    return { kind: 'released', signature: await sign() };
  }

  async #track<S>(pubkey: Pubkey, release: Promise<S>): Promise<S> {
    const ofKey = this.#underWay.get(pubkey) ?? new Set();
    this.#underWay.set(pubkey, ofKey.add(release));
    try {
      return await release;
    } finally {
      ofKey.delete(release);
      if (ofKey.size === 0 && this.#underWay.get(pubkey) === ofKey) this.#underWay.delete(pubkey);
    }
  }
}
