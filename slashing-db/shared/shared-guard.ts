import type { Pubkey, Root } from '../../core/units.ts';
import type { ClockGuard } from '../clock-guard.ts';
import { slashingDbError } from '../errors.ts';
import type { FloorKeeper } from '../floor-keeper.ts';
import type {
  Guard,
  ImportOptions,
  ImportReport,
  KeyState,
  KeyStatus,
  OperatorDoor,
  Outcome,
} from '../guard-contract.ts';
import { decided, type Asked } from '../history/decision.ts';
import { lookUp, type SeenMessage, type SeenReport } from '../history/look-up.ts';
import { InterchangeActs } from '../interchange-acts.ts';
import { readInterchange, type InterchangeContent } from '../interchange/read-interchange.ts';
import { MessageJudge } from '../judge-message.ts';
import { KeyAdmission } from '../key-admission.ts';
import { KeyControls, type Protection } from '../key-controls.ts';
import { KeyLedger } from '../key-ledger.ts';
import { keyStatus } from '../key-status.ts';
import { mergeState } from '../merge-state.ts';
import type { GuardedMessage } from '../message.ts';
import { OperatorActs } from '../operator-acts.ts';
import { refuse, type Refusal } from '../refusals.ts';
import { remembered } from '../remembered.ts';
import type { SlashingGuardOptions } from '../slashing-guard.ts';
import type { ActKeys, SharedStorage } from '../storage/sharing-port.ts';
import type { StorageRecord, StoredState } from '../storage/storage-port.ts';
import { UnderWay } from '../under-way.ts';
import { unreachable } from './act-queue.ts';
import { SharedMemory } from './memory.ts';
import { SharedOperator } from './shared-operator.ts';
import { FLOOR_DUE } from './signing-queue.ts';
import { Turns } from './turns.ts';

/** That fall due one after the other, each while a message waits for the one before. */
const MOST_FLOORS = 3;

/**
 * The guard of a signer that shares its database with others. The rules are those of {@link SlashingGuard}; but what
 * they are held against in memory may be old, so that nothing slashable leaves on memory's word, not even a repeat:
 * the database says the last word in the round trip that records it.
 */
export class SharedGuard implements Guard {
  readonly genesisValidatorsRoot: Root;
  readonly poisoned: Promise<Error>;
  readonly operator: OperatorDoor;
  readonly #options: SlashingGuardOptions;
  readonly #storage: SharedStorage;
  readonly #ledger: KeyLedger;
  readonly #controls: KeyControls;
  readonly #clock: ClockGuard;
  readonly #floors: FloorKeeper;
  readonly #judge: MessageJudge;
  readonly #admission: KeyAdmission;
  readonly #interchange: InterchangeActs;
  readonly #memory: SharedMemory;
  readonly #turns: Turns;
  readonly #underWay = new UnderWay();
  #unavailable: Refusal | null = null;
  /** Why this process must not go on. */
  #failure: Error | null = null;

  constructor(storage: SharedStorage, options: SlashingGuardOptions) {
    const { spec } = options;
    this.#options = options;
    this.#storage = storage;
    this.genesisValidatorsRoot = spec.genesisValidatorsRoot;
    const poisoned = Promise.withResolvers<Error>();
    this.poisoned = poisoned.promise;
    const stored = storage.load();
    const rules = remembered(stored, options);
    const { ledger, controls, clock, floors } = rules;
    const underWay = this.#underWay;
    const writer = { append: (...records: StorageRecord[]) => this.#turns.append(records) };
    this.#ledger = ledger;
    this.#controls = controls;
    this.#clock = clock;
    this.#floors = floors;
    this.#judge = new MessageJudge({
      ...rules,
      silenced: (pubkey) => options.silenced?.(pubkey) ?? null,
      // They were put down before the message was queued, unless the news of them came meanwhile.
      settleFloors: (pubkey) => {
        if (!floors.isDue(pubkey)) return null;
        return clock.floorDoubt === null ? FLOOR_DUE : refuse('CLOCK_UNTRUSTED', clock.floorDoubt);
      },
    });
    this.#memory = new SharedMemory({
      ...{ ledger, controls, clock, floors, signer: storage.signer },
      onSignerAhead: (why) => options.onSignerAhead?.(why),
    });
    this.#memory.adoptClocks(stored);
    this.#turns = new Turns({
      ...{ storage, judge: this.#judge, clock, memory: this.#memory },
      onCommit: (waited, took) => options.onCommit?.(waited, took),
      onRefusalsDropped: (count) => options.onRefusalsDropped?.(count),
      onAvailable: (refusal, why) => {
        this.#unavailable = refusal;
        options.onAvailable?.(why);
      },
      onFailure: (error) => {
        this.#failure = error;
        this.#unavailable = refuse('GUARD_UNAVAILABLE');
        poisoned.resolve(error);
      },
    });
    this.#admission = new KeyAdmission({ clock, ledger, floors, writer, underWay });
    this.#interchange = new InterchangeActs({
      ...{ spec, clock: options.clock, clockGuard: clock, ledger, controls, writer },
      // An export waits for nothing: while a floor is owed it is refused.
      settleBootFloor: () => undefined,
    });
    const acts = new OperatorActs({
      ...{ spec, databaseId: storage.databaseId, clock, ledger, controls, writer, underWay, floors },
    });
    this.operator = new SharedOperator(acts, (pubkeys, run) => this.#act(pubkeys, run));
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

  async release<S>(
    pubkey: Pubkey,
    message: GuardedMessage,
    sign: () => Promise<S>,
    asked: Asked = { client: '', type: message.kind },
  ): Promise<Outcome<S>> {
    this.#underWay.enter(pubkey);
    try {
      const refusal = await this.#recorded(pubkey, message, asked);
      return refusal ?? { kind: 'released', signature: await sign() };
    } finally {
      this.#underWay.leave(pubkey);
    }
  }

  recordRefusal(pubkey: Pubkey, message: GuardedMessage | null, asked: Asked, reason: string): void {
    if (this.#unavailable !== null) return;
    this.#turns.recordIdly(decided(asked, pubkey, message, this.#clock.nowMs, reason));
  }

  async probe(): Promise<Refusal | null> {
    if (this.#unavailable !== null) return this.#unavailable;
    try {
      await this.#turns.flush();
      return null;
    } catch {
      return this.unavailable ?? refuse('GUARD_UNAVAILABLE');
    }
  }

  async admitKey(pubkey: Pubkey, readmit: boolean, by?: string): Promise<KeyState> {
    if (this.#admission.isAdmitted(pubkey)) return 'active';
    return this.#act([pubkey], () => this.#admission.admit(pubkey, readmit, by));
  }

  deleteKeys(pubkeys: readonly Pubkey[], by?: string): Promise<void> {
    return this.#act(pubkeys, () => this.#admission.delete(pubkeys, by));
  }

  async importInterchange(
    source: AsyncIterable<Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    const { spec, clock } = this.#options;
    return this.mergeContent(await readInterchange(source, { spec, clock, ...options }), options.by);
  }

  /** An interchange document that was read already. */
  mergeContent(content: InterchangeContent, by?: string): Promise<ImportReport> {
    return this.#act([...content.histories.keys()], () => this.#interchange.merge(content, by));
  }

  /**
   * Of keys that this signer has just deleted, as they stand; of others, as far as this signer has seen: an export of
   * everything is read from the database itself (`export-server.ts`).
   */
  exportInterchange(pubkeys?: readonly Pubkey[]): Iterable<string> {
    return this.#interchange.export(pubkeys);
  }

  async lookUp(messages: readonly SeenMessage[]): Promise<SeenReport> {
    // As the database has them now: other signers have gone on since this one last looked.
    const now = await this.#storage.read([...new Set(messages.map(({ pubkey }) => pubkey))]);
    const ledger = new KeyLedger(now.keys);
    const controls = new KeyControls(now.controls, now.protection);
    const modules = {
      ...{ spec: this.#options.spec, storage: this.#storage },
      statusOf: (pubkey: Pubkey) => keyStatus(pubkey, ledger, controls),
      protection: () => now.protection,
    };
    return lookUp(modules, messages);
  }

  mergeState(state: StoredState, by: string, from: string): Promise<void> {
    const writer = { append: (...records: StorageRecord[]) => this.#turns.append(records) };
    const modules = { ledger: this.#ledger, controls: this.#controls, clock: this.#clock, writer };
    return this.#act('all and read', () => mergeState(modules, state, by, from));
  }

  /**
   * Acts by a look in its turn, watermarks by a read beside the turns: however many keys are asked for, and however often,
   * nothing is locked and no signature waits for it. What was read may be older than what the batches left, so that
   * it raises memory and lowers nothing.
   */
  async refresh(pubkeys: readonly Pubkey[]): Promise<void> {
    if (pubkeys.length === 0) return;
    this.#assertAvailable();
    await this.#turns.look();
    try {
      this.#memory.raise((await this.#storage.read(pubkeys)).keys);
    } catch (error) {
      throw unreachable(error as Error);
    }
  }

  statusOf(pubkey: Pubkey): KeyStatus {
    return keyStatus(pubkey, this.#ledger, this.#controls);
  }

  listKeys(): KeyStatus[] {
    return this.#ledger.pubkeys().map((pubkey) => this.statusOf(pubkey));
  }

  /** Pays the boot floor that the database owes; under a clock in doubt it waits for the first message after that. */
  async settleBootFloor(): Promise<void> {
    if (this.#clock.floorDoubt !== null || this.protection.floorOwed === null) return;
    await this.#act('all and read', async () => {
      // Another signer may have been faster.
      const records = this.#floors.settleBootFloor();
      if (records.length > 0) await this.#turns.append(records);
    });
  }

  async close(): Promise<void> {
    this.#unavailable ??= refuse('GUARD_UNAVAILABLE', 'the signer is shutting down');
    await this.#underWay.settled();
    await this.#turns.flush().catch(() => undefined);
    this.#turns.end();
    await this.#storage.close();
  }

  /** Null when the message is on record, or needs none before it leaves. */
  async #recorded(pubkey: Pubkey, message: GuardedMessage, asked: Asked): Promise<Refusal | null> {
    if (this.#unavailable !== null) return this.#unavailable;
    if (message.kind === 'unslashable' && message.irrevocable !== true && this.#turns.hasRoom) {
      const judgement = this.#judge.judge(pubkey, message);
      const refusal = judgement.kind === 'refused' ? judgement : null;
      this.#turns.recordIdly(decided(asked, pubkey, message, this.#clock.nowMs, refusal?.reason ?? null));
      return refusal;
    }
    for (let tries = 1; ; tries += 1) {
      if (message.kind !== 'unslashable' && this.#floors.isDue(pubkey) && this.#clock.floorDoubt === null) {
        const refusal = await this.#putFloorsDown(pubkey);
        if (refusal !== null) return refusal;
      }
      const refusal = await new Promise<Refusal | null>((settle) => {
        this.#turns.sign({ pubkey, message, asked, settle });
      });
      if (refusal !== FLOOR_DUE || tries === MOST_FLOORS) return refusal;
    }
  }

  async #putFloorsDown(pubkey: Pubkey): Promise<Refusal | null> {
    try {
      await this.settleBootFloor();
      await this.#act([pubkey], async () => {
        const records = this.#floors.settle(pubkey);
        if (records.length > 0) await this.#turns.append(records);
      });
      return this.#unavailable;
    } catch {
      return this.#unavailable ?? refuse('GUARD_UNAVAILABLE');
    }
  }

  async #act<T>(keys: ActKeys, run: () => Promise<T>): Promise<T> {
    this.#assertAvailable();
    return this.#turns.act(keys, run);
  }

  /** @throws DB_UNREACHABLE, or why this process must not go on */
  #assertAvailable(): void {
    if (this.#failure !== null) throw this.#failure;
    if (this.#unavailable !== null) throw slashingDbError('DB_UNREACHABLE', this.#unavailable.detail);
  }
}
