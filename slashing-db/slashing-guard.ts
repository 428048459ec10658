import type { ChainSpec } from '../core/chain/chain-spec.ts';
import type { SlotClock } from '../core/chain/slot-clock.ts';
import type { Pubkey, Root } from '../core/units.ts';
import type { ClockGuard } from './clock-guard.ts';
import { BatchWriter, type BatchWriterOptions } from './commit/batch-writer.ts';
import type { FloorKeeper } from './floor-keeper.ts';
import type {
  Guard,
  ImportOptions,
  ImportReport,
  KeyState,
  KeyStatus,
  OnMissingHistory,
  OperatorDoor,
  Outcome,
} from './guard-contract.ts';
import { decided, type Asked } from './history/decision.ts';
import { lookUp, type SeenReport, type SeenMessage } from './history/look-up.ts';
import { InterchangeActs } from './interchange-acts.ts';
import type { InterchangeContent } from './interchange/read-interchange.ts';
import { MessageJudge } from './judge-message.ts';
import { KeyAdmission } from './key-admission.ts';
import type { KeyControls, Protection } from './key-controls.ts';
import type { KeyLedger } from './key-ledger.ts';
import { keyStatus } from './key-status.ts';
import { mergeState } from './merge-state.ts';
import type { GuardedMessage } from './message.ts';
import { OperatorActs } from './operator-acts.ts';
import { refuse, type Refusal } from './refusals.ts';
import { remembered } from './remembered.ts';
import type { Storage, StorageRecord, StoredState } from './storage/storage-port.ts';
import { UnderWay } from './under-way.ts';

export interface SlashingGuardOptions extends BatchWriterOptions {
  readonly spec: ChainSpec;
  readonly clock: SlotClock;
  readonly onMissingHistory: OnMissingHistory;
  /** Says why the clock cannot be trusted now, or null. Asked for every slashable message. */
  readonly clockDoubt?: () => string | null;
  /** Says why a key must be silent for now, or null. Asked for every message. */
  readonly silenced?: (pubkey: Pubkey) => string | null;
  /** Told when a database that others share is away, each reason that keeps it away, and when it is back (null). */
  readonly onAvailable?: (away: string | null) => void;
  /** Told of another signer of a shared database whose clock is ahead of this one. */
  readonly onSignerAhead?: (why: string) => void;
  /** Told of refusals that are on no record, because too many came while one commit of a shared database took its time. */
  readonly onRefusalsDropped?: (count: number) => void;
  /** How far a client's clock may be ahead of ours, in slots. Default 1. */
  readonly toleranceSlots?: bigint;
}

export class SlashingGuard implements Guard {
  readonly genesisValidatorsRoot: Root;
  readonly poisoned: Promise<Error>;
  readonly operator: OperatorDoor;
  readonly #options: SlashingGuardOptions;
  readonly #storage: Storage;
  readonly #writer: BatchWriter;
  readonly #ledger: KeyLedger;
  readonly #controls: KeyControls;
  readonly #clock: ClockGuard;
  readonly #floors: FloorKeeper;
  readonly #admission: KeyAdmission;
  readonly #judge: MessageJudge;
  readonly #interchange: InterchangeActs;
  readonly #underWay = new UnderWay();
  #unavailable: Refusal | null = null;

  constructor(storage: Storage, options: SlashingGuardOptions) {
    const { spec } = options;
    this.#options = options;
    this.#storage = storage;
    this.genesisValidatorsRoot = spec.genesisValidatorsRoot;
    const poisoned = Promise.withResolvers<Error>();
    this.poisoned = poisoned.promise;
    this.#writer = new BatchWriter(
      storage,
      (error) => {
        this.#unavailable = refuse('GUARD_UNAVAILABLE');
        poisoned.resolve(error);
      },
      options,
    );
    const rules = remembered(storage.load(), options);
    const { ledger, controls, clock, floors } = rules;
    this.#ledger = ledger;
    this.#controls = controls;
    this.#clock = clock;
    this.#floors = floors;
    this.#admission = new KeyAdmission({
      ...{ clock, ledger, floors, writer: this.#writer, underWay: this.#underWay },
    });
    this.#judge = new MessageJudge({
      ...rules,
      silenced: (pubkey) => options.silenced?.(pubkey) ?? null,
      settleFloors: (pubkey) => {
        // What follows either is refused or waits for the batch that holds these floors too.
        const due = floors.settle(pubkey);
        if (due.length > 0) void this.#writer.append(...due);
        return null;
      },
    });
    this.#interchange = new InterchangeActs({
      spec,
      clock: options.clock,
      clockGuard: clock,
      ledger,
      controls,
      writer: this.#writer,
      settleBootFloor: () => this.settleBootFloor(),
    });
    this.operator = new OperatorActs({
      spec,
      databaseId: storage.mark().databaseId,
      clock,
      ledger,
      controls,
      writer: this.#writer,
      underWay: this.#underWay,
      floors: this.#floors,
    });
  }

  get unavailable(): Refusal | null {
    return this.#unavailable;
  }

  get clockDoubt(): string | null {
    return this.#clock.doubt;
  }

  get protection(): Protection {
    return this.#controls.protection;
  }

  // Not async, nor are its callers more than they must: each turn of a promise is paid for by every signature.
  release<S>(
    pubkey: Pubkey,
    message: GuardedMessage,
    sign: () => Promise<S>,
    asked: Asked = { client: '', type: message.kind },
  ): Promise<Outcome<S>> {
    const durable = this.#reserve(pubkey, message, asked);
    if ('kind' in durable) return Promise.resolve(durable);
    return this.#signOnceDurable(pubkey, durable, sign);
  }

  recordRefusal(pubkey: Pubkey, message: GuardedMessage | null, asked: Asked, reason: string): void {
    if (this.#unavailable !== null) return;
    const decision = decided(asked, pubkey, message, this.#clock.nowMs, reason);
    this.#writer.appendIdly({ kind: 'decision', decision });
  }

  async probe(): Promise<Refusal | null> {
    if (this.#unavailable !== null) return this.#unavailable;
    try {
      await this.#writer.append();
      return null;
    } catch {
      return refuse('GUARD_UNAVAILABLE');
    }
  }

  admitKey(pubkey: Pubkey, readmit: boolean, by?: string): Promise<KeyState> {
    return this.#admission.admit(pubkey, readmit, by);
  }

  async deleteKeys(pubkeys: readonly Pubkey[], by?: string): Promise<void> {
    await this.#admission.delete(pubkeys, by);
    await this.#writer.flush();
  }

  importInterchange(source: AsyncIterable<Uint8Array>, options: ImportOptions = {}): Promise<ImportReport> {
    return this.#interchange.import(source, options);
  }

  /** An interchange document that was read already. */
  mergeContent(content: InterchangeContent, by?: string): Promise<ImportReport> {
    return this.#interchange.merge(content, by);
  }

  exportInterchange(pubkeys?: readonly Pubkey[]): Iterable<string> {
    return this.#interchange.export(pubkeys);
  }

  lookUp(messages: readonly SeenMessage[]): Promise<SeenReport> {
    const modules = {
      ...{ spec: this.#options.spec, storage: this.#storage },
      statusOf: (pubkey: Pubkey) => this.statusOf(pubkey),
      protection: () => this.protection,
    };
    return lookUp(modules, messages);
  }

  mergeState(state: StoredState, by: string, from: string): Promise<void> {
    const modules = {
      ledger: this.#ledger,
      controls: this.#controls,
      clock: this.#clock,
      writer: this.#writer,
    };
    return mergeState(modules, state, by, from);
  }

  /** Nobody else writes to the file. */
  refresh(): Promise<void> {
    return Promise.resolve();
  }

  statusOf(pubkey: Pubkey): KeyStatus {
    return keyStatus(pubkey, this.#ledger, this.#controls);
  }

  listKeys(): KeyStatus[] {
    return this.#ledger.pubkeys().map((pubkey) => this.statusOf(pubkey));
  }

  /** Pays the boot floor that the database owes; under a clock in doubt it waits for the first message after that. */
  settleBootFloor(): void {
    const floor = this.#clock.doubt === null ? this.#floors.settleBootFloor() : [];
    if (floor.length > 0) void this.#writer.append(...floor);
  }

  async close(): Promise<void> {
    // First of all nothing new may start: what comes in while the last commit runs would find the storage closed.
    this.#unavailable ??= refuse('GUARD_UNAVAILABLE', 'the signer is shutting down');
    await this.#underWay.settled();
    await this.#writer.flush().catch(() => undefined);
    await this.#storage.close();
  }

  /**
   * The critical section: synchronous from the check to the append, so that of two conflicting requests the second
   * always meets the watermark of the first. What is decided goes into the history with what it changed.
   * @returns when it is durable, or the refusal
   */
  #reserve(pubkey: Pubkey, message: GuardedMessage, asked: Asked): Promise<void> | Refusal {
    if (this.#unavailable !== null) return this.#unavailable;
    const judgement = this.#judge.judge(pubkey, message);
    const refusal = judgement.kind === 'refused' ? judgement.reason : null;
    const decision = decided(asked, pubkey, message, this.#clock.nowMs, refusal);
    const record: StorageRecord = { kind: 'decision', decision };
    switch (judgement.kind) {
      case 'refused':
        this.#writer.appendIdly(record);
        return judgement;
      case 'unslashable': {
        if (message.kind === 'unslashable' && message.irrevocable === true)
          return this.#writer.append(record);
        this.#writer.appendIdly(record);
        return Promise.resolve();
      }
      case 'repeat': {
        // Nothing of it is new. But the first request for it may not be durable yet.
        const durable = this.#writer.barrier();
        this.#writer.appendIdly(record);
        return durable;
      }
      case 'advance-block': {
        const advance = this.#ledger.advanceBlock(pubkey, judgement.entry, judgement.next);
        return this.#writer.append(...this.#clock.advance(), advance, record);
      }
      case 'advance-attestation': {
        const advance = this.#ledger.advanceAttestation(pubkey, judgement.entry, judgement.next);
        return this.#writer.append(...this.#clock.advance(), advance, record);
      }
    }
  }

  async #signOnceDurable<S>(
    pubkey: Pubkey,
    durable: Promise<void>,
    sign: () => Promise<S>,
  ): Promise<Outcome<S>> {
    this.#underWay.enter(pubkey);
    try {
      try {
        await durable;
      } catch {
        return this.#unavailable ?? refuse('GUARD_UNAVAILABLE');
      }
      return { kind: 'released', signature: await sign() };
    } finally {
      this.#underWay.leave(pubkey);
    }
  }
}
